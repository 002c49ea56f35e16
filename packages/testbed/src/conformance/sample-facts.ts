/** An account for our own sides: secrets drawn anew for every run. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AccountFacts, Scheme } from './account.ts';

export function sampleFacts(scheme: Scheme): AccountFacts {
  const ServerID = 'kit.home.example';
  return {
    scheme,
    ServerID,
    DevId: `urn:uuid:${randomUUID()}`,
    client: { name: 'device', secret: randomText(), nonce: randomBytes(16).toString('base64') },
    server: { name: ServerID, secret: randomText(), nonce: randomBytes(16).toString('base64') },
  };
}

function randomText(): string {
  return randomBytes(18).toString('base64url');
}
