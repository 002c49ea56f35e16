/** The configuration of a UE, as its vendor would write it, for tests: nonces and secrets are known. */
import { encodeBase64 } from '@ueprov/protocols';
import { type AccountConfig, type UeConfig, ueConfig } from '../config.ts';

export const DOMAIN = 'home.example';
export const SERVER_ID = 'prov.home.example';
export const DM_URL = 'http://prov.home.example/dm';
export const SIP_PASSWORD = 'sip-password';
export const P_CSCF = { host: '192.0.2.1', port: 5060 };

/** First nonces, one per direction. */
export const CLCRED_NONCE: Uint8Array = new Uint8Array(16).fill(0xc1);
export const SRVCRED_NONCE: Uint8Array = new Uint8Array(16).fill(0x5e);

export function account(change: Partial<AccountConfig> = {}): AccountConfig {
  return {
    ServerID: SERVER_ID,
    Addr: DM_URL,
    scheme: 'md5',
    CLCRED: { name: 'device', secret: 'device-secret', nonce: encodeBase64(CLCRED_NONCE) },
    SRVCRED: { name: SERVER_ID, secret: 'server-secret', nonce: encodeBase64(SRVCRED_NONCE) },
    DMInitConnect: false,
    ...change,
  };
}

export function sampleSip(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    IMPI: 'alice-private@home.example',
    IMPU: 'sip:alice@home.example',
    password: SIP_PASSWORD,
    domain: DOMAIN,
    instance: 'urn:uuid:0c6f9d3e-0000-4000-8000-000000000001',
    pCscf: P_CSCF,
    regEvent: false,
    ...change,
  };
}

/** `change` replaces whole top-level entries of the document. */
export function sampleDocument(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    tree: 'tree.json',
    sip: sampleSip(),
    device: { DevId: 'urn:uuid:0c6f9d3e-0000-4000-8000-000000000001', Man: 'Example', Mod: 'UE' },
    accounts: [account()],
    events: {
      'PROV-UE-1': 'local alert',
      'PROV-UE-2': 'local alert',
      'PROV-UE-3': 'local alert',
      'PROV-UE-4': 'local alert',
    },
    ...change,
  };
}

export function sampleConfig(change: Record<string, unknown> = {}): UeConfig {
  return ueConfig(sampleDocument(change));
}
