/** The people of a lab: N UEs with identities and secrets of their own, and the profile that all of them follow. */
import { randomBytes, randomUUID } from 'node:crypto';

export const DOMAIN = 'ims.test';
export const SERVER_ID = 'prov.ims.test';

export const DM_SCHEMES = ['md5', 'basic', 'hmac', 'http-digest', 'http-basic'] as const;
export type DmScheme = (typeof DM_SCHEMES)[number];

export interface LabAccount {
  /** `ue1`, `ue2`, ... */
  readonly name: string;
  readonly DevId: string;
  readonly IMPI: string;
  readonly IMPU: string;
  readonly sipPassword: string;
  readonly instance: string;
  /** How both sides prove themselves in a DM session. */
  readonly scheme: DmScheme;
  readonly CLCRED: LabSecret;
  readonly SRVCRED: LabSecret;
}

/** A password and a first nonce, as a bootstrap would bring them (OMA-DMSEC: 16 random octets at least). */
export interface LabSecret {
  readonly secret: string;
  readonly nonce: string;
}

export function labAccounts(count: number, scheme: DmScheme = 'md5'): LabAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `ue${index + 1}`;
    const uuid = randomUUID();
    return {
      name,
      DevId: `urn:uuid:${uuid}`,
      IMPI: `${name}@${DOMAIN}`,
      IMPU: `sip:${name}@${DOMAIN}`,
      sipPassword: randomBytes(12).toString('base64url'),
      instance: `urn:uuid:${uuid}`,
      scheme,
      CLCRED: secret(),
      SRVCRED: secret(),
    };
  });
}

function secret(): LabSecret {
  return {
    secret: randomBytes(18).toString('base64url'),
    nonce: randomBytes(16).toString('base64'),
  };
}
