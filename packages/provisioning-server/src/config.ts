/** What an operator writes into the server's YAML file, checked before anything starts. */
import { z } from 'zod';
import { ProfileFile } from './profile.ts';

const Port = z.int().min(0).max(65_535);
const Host = z.string().min(1).max(255);
const Secret = z.string().min(8, { error: 'a secret has at least 8 characters' }).max(256);

/** First-contact nonce, as in the device's AAuthData. */
const Nonce = z.base64().max(128).optional();

/** Both directions of authentication, as the device was bootstrapped; SRVCRED's name is the ServerID. */
const DeviceFile = z.strictObject({
  DevId: z.string().min(1).max(255),
  IMPU: z.string().min(1).max(255).optional(),
  profile: z.string().optional(),
  scheme: z.enum(['md5', 'basic']).default('md5'),
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
    identity: z.string().default('sip:prov@ims.test'),
    /** Where requests enter the core when a registration named no S-CSCF. */
    core: z.strictObject({ host: Host, port: Port }).optional(),
    /** Addresses that may send third-party REGISTERs. */
    trusted: z.array(Host).min(1).default(['127.0.0.1']),
    /** 6.7 UE-2: monitored unless the operator switches it off. */
    monitor: z.boolean().default(true),
  }),
  dm: z.strictObject({
    host: Host.default('127.0.0.1'),
    port: Port.default(8080),
    path: z.string().startsWith('/').default('/dm'),
    ServerID: z.string().min(1).max(255),
    /** The URL that devices know; made of host, port and path when absent. */
    url: z.url().optional(),
    MaxMsgSize: z.int().min(2048).max(1_048_576).default(65_536),
    MaxObjSize: z.int().min(2048).max(104_857_600).default(1_048_576),
  }),
  api: z.strictObject({
    host: Host.default('127.0.0.1'),
    port: Port.default(8081),
  }),
  profiles: z.array(ProfileFile).default([]),
  devices: z.array(DeviceFile).default([]),
});
export type ServerConfig = z.infer<typeof ServerConfig>;

/** The configuration of a parsed YAML document. Throws ConfigError with one line per fault. */
export function serverConfig(document: unknown): ServerConfig {
  const parsed = ServerConfig.safeParse(document);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(faultLine));
  const names = new Set(parsed.data.profiles.map(({ name }) => name));
  const lost = parsed.data.devices.filter(
    ({ profile }) => profile !== undefined && !names.has(profile),
  );
  if (lost.length > 0) {
    throw new ConfigError(
      lost.map(({ DevId, profile }) => `device ${DevId}: there is no profile ${profile}`),
    );
  }
  return parsed.data;
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
