/** What a vendor or an operator writes into a UE's YAML file: its bootstrap (6.5, Table 2) and where it keeps its tree. */
import { z } from 'zod';

const Port = z.int().min(0).max(65_535);
const Host = z.string().min(1).max(255);
const Text = z.string().min(1).max(255);

/** Where the UE listens stands in its Contact, so it has to be one address that reaches it. */
const OwnHost = Host.refine((host) => !['0.0.0.0', '::'].includes(host), {
  error: 'one address of this machine, not all of them',
});

const Impu = Text.regex(/^sips?:/, { error: 'a SIP URI' });
const Block = z.string().regex(/^[0-9a-fA-F]{32}$/, { error: '32 hex digits' });
const PCscf = z.strictObject({ host: Host, port: Port.min(1).optional() });

/** OMA-DMTND 7.7.1: what an ACL gives a meaning to cannot be part of an identifier. OMA-DMNOT 6.2.2: 255 octets. */
const ServerID = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: '1 to 255 printable ASCII characters without blanks' })
  .regex(/^[^&=+*]*$/, { error: 'none of & = + *' });

/** A password and a first nonce; OMA-DMSEC wants 16 octets of it. */
const Credential = z.strictObject({
  name: Text,
  secret: z.string().min(8, { error: 'a secret has at least 8 characters' }).max(256),
  nonce: z.base64().max(128).optional(),
});

const Account = z.strictObject({
  ServerID,
  /** URL of the DM server. */
  Addr: z.url({ protocol: /^http$/, error: 'an http: URL' }),
  /** http-digest and http-basic: CLCRED is proved to HTTP, and the server proves itself by md5. */
  scheme: z.enum(['hmac', 'md5', 'basic', 'http-digest', 'http-basic']).default('md5'),
  CLCRED: Credential,
  SRVCRED: Credential,
  DMInitConnect: z.boolean().default(false),
});
export type AccountConfig = z.infer<typeof Account>;

export const UeConfig = z.strictObject({
  /** File of the management tree; the bootstrap below counts only while it does not exist. */
  tree: z.string().min(1),
  encoding: z.enum(['wbxml', 'xml']).default('wbxml'),
  sip: z
    .strictObject({
      host: OwnHost.default('127.0.0.1'),
      port: Port.default(0),
      /** The preferred one first. */
      transports: z
        .array(z.enum(['udp', 'tcp', 'tls']))
        .min(1)
        .default(['udp', 'tcp']),
      /** Whom it believes, and what it shows if it is asked: PEM texts, or the files that hold them. */
      tls: z
        .strictObject({
          ca: z.string().min(1).optional(),
          key: z.string().min(1).optional(),
          cert: z.string().min(1).optional(),
        })
        .optional(),
      IMPI: Text,
      IMPU: Impu,
      password: z.string().min(1).max(256).optional(),
      /** K and OPc of a card in software: AKAv1-MD5, and no password. */
      aka: z.strictObject({ K: Block, OPc: Block }).optional(),
      domain: Host,
      /** Of +sip.instance. */
      instance: z.string().regex(/^urn:uuid:[0-9a-fA-F-]{36}$/, { error: 'urn:uuid: and a UUID' }),
      /** Without a port the host is a domain whose NAPTR and SRV records say where. */
      pCscf: PCscf,
      /** Tried after it, in order. */
      otherPCscfs: z.array(PCscf).max(15).default([]),
      /** Further public identities of the same IMPI. */
      otherIMPUs: z.array(Impu).max(62).default([]),
      /** Addresses of DNS servers, with or without a port; those of the machine unless given. */
      dns: z.array(z.string().min(2).max(64)).max(16).default([]),
      /** Whether to ask the network to tell what it does with the registration (RFC 3680). */
      regEvent: z.boolean().default(true),
      /** Whether to ask for flows (RFC 5626), for networks that cannot reach the UE by its address. */
      outbound: z.boolean().default(false),
    })
    .refine(({ password, aka }) => (password === undefined) !== (aka === undefined), {
      error: 'one of password and aka',
    }),
  device: z.strictObject({ DevId: Text, Man: Text, Mod: Text }),
  /** [R-6.5-6] The first is the one of UE provisioning. */
  accounts: z.array(Account).min(1).max(16).refine(isEachOnce, {
    error: 'two accounts of one ServerID',
  }),
  /** Reporting mechanisms by event name: local, alert, syslog, none. */
  events: z.record(z.string(), z.string()).default({}),
});
export type UeConfig = z.infer<typeof UeConfig>;

/** A Package #0 names its account by nothing but the ServerID. */
function isEachOnce(accounts: readonly AccountConfig[]): boolean {
  return new Set(accounts.map((account) => account.ServerID)).size === accounts.length;
}

/** The configuration of a parsed YAML document. Throws ConfigError with one line per fault. */
export function ueConfig(document: unknown): UeConfig {
  const parsed = UeConfig.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || '(the whole file)'}: ${message}`,
    ),
  );
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(faults: readonly string[]) {
    super(`the configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}
