/** What an operator says about PAP: a gateway for others, and another's gateway for us. Part of config.ts. */
import { z } from 'zod';

const Name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'letters, digits, . _ - only' });
const Secret = z.string().min(16, { error: 'a secret has at least 16 characters' }).max(256);

const GatewaySettings = z.strictObject({
  host: z.string().min(1).max(255).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8082),
  path: z.string().startsWith('/').default('/pap'),
  /** Push Initiators: Basic with name and secret, or the secret alone as Bearer. */
  users: z.array(z.strictObject({ name: Name, secret: Secret })).min(1),
  /** `host[:port]` of those whom results may be told. */
  notifyHosts: z.array(z.string().min(1).max(255)).default([]),
});

const InitiatorSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** With which we prove ourselves to that gateway, as Basic. */
  user: z.strictObject({ name: Name, secret: Secret }).optional(),
  /** Where it tells results: our own gateway's address, as it sees it. */
  notifyUrl: z.url({ protocol: /^https?$/ }).optional(),
});

export const PushSettings = z.strictObject({
  /** A Push Proxy Gateway for others; none when absent. */
  gateway: GatewaySettings.optional(),
  /** Package #0 goes by PAP to this gateway instead of by our own MESSAGE. */
  initiator: InitiatorSettings.optional(),
});
export type PushSettings = z.infer<typeof PushSettings>;
