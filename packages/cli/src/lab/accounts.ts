/** The people of a lab: N UEs with identities and secrets of their own, and the profile that all of them follow. */
import { randomBytes, randomUUID } from 'node:crypto';

export const DOMAIN = 'ims.test';
export const SERVER_ID = 'prov.ims.test';

export const DM_SCHEMES = ['md5', 'basic', 'hmac', 'http-digest', 'http-basic'] as const;
export type DmScheme = (typeof DM_SCHEMES)[number];

/** How UEs prove themselves in SIP: a password by one of two hashes, or a card. */
export const SIP_AUTHS = ['md5', 'sha-256', 'aka'] as const;
export type SipAuth = (typeof SIP_AUTHS)[number];

/** K and OPc of a card in software, in hex. */
export interface LabCard {
  readonly K: string;
  readonly OPc: string;
}

export interface LabAccount {
  /** `ue1`, `ue2`, ... */
  readonly name: string;
  readonly DevId: string;
  readonly IMPI: string;
  readonly IMPU: string;
  readonly sipAuth: SipAuth;
  readonly sipPassword: string;
  /** There with `aka`, and then the password is for nothing. */
  readonly card?: LabCard;
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

export function labAccounts(
  count: number,
  scheme: DmScheme = 'md5',
  sipAuth: SipAuth = 'md5',
): LabAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `ue${index + 1}`;
    const uuid = randomUUID();
    return {
      name,
      DevId: `urn:uuid:${uuid}`,
      IMPI: `${name}@${DOMAIN}`,
      IMPU: `sip:${name}@${DOMAIN}`,
      sipAuth,
      sipPassword: randomBytes(12).toString('base64url'),
      ...(sipAuth === 'aka' && { card: card() }),
      instance: `urn:uuid:${uuid}`,
      scheme,
      CLCRED: secret(),
      SRVCRED: secret(),
    };
  });
}

function card(): LabCard {
  return { K: randomBytes(16).toString('hex'), OPc: randomBytes(16).toString('hex') };
}

function secret(): LabSecret {
  return {
    secret: randomBytes(18).toString('base64url'),
    nonce: randomBytes(16).toString('base64'),
  };
}
