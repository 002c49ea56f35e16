/** What a vendor or an operator writes into a UE's YAML file: its bootstrap (6.5, Table 2) and where it keeps its tree. */
import { z } from 'zod';

const Port = z.int().min(0).max(65_535);
const Host = z.string().min(1).max(255);
const Text = z.string().min(1).max(255);

/** Where the UE listens stands in its Contact, so it has to be one address that reaches it. */
const OwnHost = Host.refine((host) => !['0.0.0.0', '::'].includes(host), {
  error: 'one address of this machine, not all of them',
});

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
  sip: z.strictObject({
    host: OwnHost.default('127.0.0.1'),
    port: Port.default(0),
    IMPI: Text,
    IMPU: Text.regex(/^sips?:/, { error: 'a SIP URI' }),
    password: z.string().min(1).max(256),
    domain: Host,
    /** Of +sip.instance. */
    instance: z.string().regex(/^urn:uuid:[0-9a-fA-F-]{36}$/, { error: 'urn:uuid: and a UUID' }),
    pCscf: z.strictObject({ host: Host, port: Port.min(1) }),
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
