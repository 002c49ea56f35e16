/** What an operator writes into the server's YAML file, checked before anything starts. */
import { encodeUtf8 } from '@ueprov/protocols';
import { HTTP_ALGORITHMS } from '@ueprov/protocols/dm';
import { SERVER_ID_BYTES_MAX } from '@ueprov/protocols/push';
import { z } from 'zod';
import { ProfileFile } from './profile.ts';
import { PushSettings } from './push/push-config.ts';
import { PublicIdentity, RegEventMode, SipIdentity, WakeSettings } from './sip-config.ts';

const Port = z.int().min(0).max(65_535);
const Host = z.string().min(1).max(255);
const Secret = z.string().min(8, { error: 'a secret has at least 8 characters' }).max(256);

/** OMA-DMNOT 6.2.2: Package #0 has one octet for its length. */
const ServerID = z.string().refine(isServerId, { error: '1 to 255 octets of UTF-8' });

function isServerId(text: string): boolean {
  const { length } = encodeUtf8(text);
  return length >= 1 && length <= SERVER_ID_BYTES_MAX;
}

/** First-contact nonce, as in the device's AAuthData. */
const Nonce = z.base64().max(128).optional();

/** Both directions of authentication, as the device was bootstrapped; SRVCRED's name is the ServerID. */
const SCHEMES = ['hmac', 'md5', 'basic', 'http-digest', 'http-basic'] as const;

const DeviceFile = z.strictObject({
  DevId: z.string().min(1).max(255),
  IMPU: PublicIdentity.optional(),
  profile: z.string().optional(),
  /** http-digest and http-basic: the device proves itself to HTTP, the server inside the session. */
  scheme: z.enum(SCHEMES).default('md5'),
  CLCRED: z.strictObject({ name: z.string().min(1).max(255), secret: Secret, nonce: Nonce }),
  SRVCRED: z.strictObject({ secret: Secret, nonce: Nonce }),
});
export type DeviceFile = z.infer<typeof DeviceFile>;

export const ServerConfig = z.strictObject({
  /** Folder of the store and its key. */
  data: z.string().min(1),
  sip: z.strictObject({
    host: Host.default('127.0.0.1'),
    port: Port.default(5090),
    /** The server's own identity (PSI), as P-Asserted-Identity. */
    identity: SipIdentity.default('sip:prov@ims.test'),
    transports: z
      .array(z.enum(['udp', 'tcp', 'tls']))
      .min(1)
      .default(['udp', 'tcp']),
    /** What it shows and whom it believes: PEM texts, or the files that hold them. */
    tls: z
      .strictObject({
        key: z.string().min(1),
        cert: z.string().min(1),
        ca: z.string().min(1).optional(),
        /** Whoever connects has to show a certificate of `ca`, too. */
        isMutual: z.boolean().default(false),
        port: Port.default(5091),
      })
      .optional(),
    /** Where requests enter the core when a registration named no S-CSCF. */
    core: z
      .strictObject({
        host: Host,
        port: Port,
        transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
      })
      .optional(),
    /** Addresses that may send third-party REGISTERs. */
    trusted: z.array(Host).min(1).default(['127.0.0.1']),
    /** 6.7 UE-2: monitored unless the operator switches it off. */
    monitor: z.boolean().default(true),
    /** when-needed: for devices whose REGISTER came without their own Contact. */
    regEvent: RegEventMode.default('never'),
    wake: WakeSettings.prefault({}),
  }),
  dm: z.strictObject({
    host: Host.default('127.0.0.1'),
    port: Port.default(8080),
    path: z.string().startsWith('/').default('/dm'),
    ServerID: ServerID,
    /** The URL that devices know; made of host, port and path when absent. */
    url: z.url().optional(),
    /** What HTTP Basic and Digest say that the password is for; a change makes Digest clients ask their user. */
    realm: z
      .string()
      .regex(/^[\x20-\x7e]{1,255}$/, { error: '1 to 255 printable ASCII characters' })
      .default('dm'),
    /** Offered with HTTP Digest, the preferred one first. */
    digestAlgorithms: z
      .array(z.enum(HTTP_ALGORITHMS))
      .min(1)
      .default([...HTTP_ALGORITHMS]),
    MaxMsgSize: z.int().min(2048).max(1_048_576).default(65_536),
    MaxObjSize: z.int().min(2048).max(104_857_600).default(1_048_576),
  }),
  api: z.strictObject({
    host: Host.default('127.0.0.1'),
    port: Port.default(8081),
  }),
  /** PAP: a gateway for others, or another's for us. */
  push: PushSettings.prefault({}),
  profiles: z.array(ProfileFile).default([]),
  devices: z.array(DeviceFile).default([]),
});
export type ServerConfig = z.infer<typeof ServerConfig>;

/** The configuration of a parsed YAML document. Throws ConfigError with one line per fault. */
export function serverConfig(document: unknown): ServerConfig {
  const parsed = ServerConfig.safeParse(document);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(faultLine));
  const faults = faultsBetween(parsed.data);
  if (faults.length > 0) throw new ConfigError(faults);
  return parsed.data;
}

/** What no part shows by itself: names used twice, names of nothing, secrets that are none. (AC-16) */
function faultsBetween({ profiles, devices }: ServerConfig): string[] {
  const names = new Set(profiles.map(({ name }) => name));
  return [
    ...repeated(profiles.map(({ name }) => name)).map(
      (index) => `profiles.${index}.name: another profile has this name`,
    ),
    ...repeated(devices.map(({ DevId }) => DevId)).map(
      (index) => `devices.${index}.DevId: another device has this name`,
    ),
    ...repeated(devices.map(({ IMPU }) => IMPU)).map(
      (index) => `devices.${index}.IMPU: another device has this identity`,
    ),
    ...repeated(devices.map(({ CLCRED }) => CLCRED.secret)).map(
      (index) => `devices.${index}.CLCRED.secret: another device has this secret`,
    ),
    ...repeated(devices.map(({ SRVCRED }) => SRVCRED.secret)).map(
      (index) => `devices.${index}.SRVCRED.secret: another device has this secret`,
    ),
    ...devices.flatMap(({ profile, DevId, scheme, CLCRED, SRVCRED }, index) => [
      ...(scheme.startsWith('http-') && !/^[\x21-\x39\x3b-\x7e]+$/.test(CLCRED.name)
        ? [`devices.${index}.CLCRED.name: HTTP takes printable ASCII without blanks and colons`]
        : []),
      ...(profile === undefined || names.has(profile)
        ? []
        : [`devices.${index}.profile: there is no profile ${profile}`]),
      ...(isDerived(CLCRED.secret, DevId)
        ? [`devices.${index}.CLCRED.secret: it is part of the DevId`]
        : []),
      ...(isDerived(SRVCRED.secret, DevId)
        ? [`devices.${index}.SRVCRED.secret: it is part of the DevId`]
        : []),
    ]),
  ];
}

/** Places of those that came before. */
function repeated(values: readonly (string | undefined)[]): number[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}

/** What a device tells everybody proves nothing. */
function isDerived(secret: string, DevId: string): boolean {
  return DevId.toLowerCase().includes(secret.toLowerCase());
}

function faultLine({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return `${path.map(String).join('.') || '(the whole file)'}: ${message}`;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}
