/** A DM account of the tree, as the session engine and the notification receiver need it. */
import { syncmlHash } from '@ueprov/protocols/digest';
import { type AuthScheme, type Credential, credentialOf } from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import {
  type AAuthLevel,
  type AAuthType,
  type AppAddr,
  type AppAuth,
  type DmAccount,
  dmAccounts,
  preferredAuth,
} from '@ueprov/protocols/mo';
import { type HttpAccess, httpAccess } from './http-access.ts';

export interface ServerAccount {
  /** Its node, `./DMAcc/<X>`. */
  readonly root: string;
  readonly ServerID: string;
  readonly url: string;
  /** Through what its messages go, and what is proved to HTTP on the way. */
  readonly http: HttpAccess;
  readonly CLCRED: Credential | undefined;
  readonly SRVCRED: Credential | undefined;
  /** What verifies a Package #0 of this server (OMA-DMNOT 6.2.1); undefined: nothing does. */
  readonly notification: { readonly hash: string; readonly nonce: Uint8Array } | undefined;
  readonly DMInitConnect: boolean;
}

const SCHEMES: Readonly<Partial<Record<AAuthType, AuthScheme>>> = {
  BASIC: 'basic',
  DIGEST: 'md5',
  HMAC: 'hmac',
};

/**
 * The accounts as they stand in the tree now: what a server changed counts from the next session on. The first one is that
 * of UE provisioning. [R-6.5-7]
 */
export function serverAccounts(tree: Tree): readonly ServerAccount[] {
  return dmAccounts(tree).flatMap(({ root, account }) => {
    const [address] = account.AppAddr;
    if (address === undefined) return [];
    const { ServerID, DMInitConnect } = account;
    return [
      {
        root,
        ServerID,
        url: urlOf(address),
        http: httpAccess(tree, account),
        CLCRED: credential(account, 'CLCRED'),
        SRVCRED: credential(account, 'SRVCRED'),
        notification: notification(account),
        DMInitConnect,
      },
    ];
  });
}

/** OMA-DMSTDOBJ 5.3.1: Addr is a URL or an address, and Port/PortNbr stands for what it does not say. [R-6.5-9] */
function urlOf({ Addr, AddrType, PortNbr }: AppAddr): string {
  if (AddrType === 'IPv4') return `http://${Addr}:${PortNbr ?? HTTP_PORT}/`;
  if (AddrType === 'IPv6') return `http://[${Addr}]:${PortNbr ?? HTTP_PORT}/`;
  const url = URL.parse(Addr);
  if (url === null || url.port !== '' || PortNbr === undefined) return Addr;
  url.port = String(PortNbr);
  return url.href;
}

const HTTP_PORT = 80;

function credential(account: DmAccount, level: AAuthLevel): Credential | undefined {
  const auth = usableAuth(account, level);
  const scheme = auth && SCHEMES[auth.AAuthType];
  // What is made of no secret anybody can make: with none, nobody proves anything.
  if (scheme === undefined || auth?.AAuthSecret === undefined) return undefined;
  return credentialOf(scheme, auth.AAuthName ?? '', auth.AAuthSecret, auth.AAuthData);
}

/** Of the ways that an account offers, the preferred one of those that are known here. [R-6.5-10] */
function usableAuth(account: DmAccount, level: AAuthLevel): AppAuth | undefined {
  const known = account.AppAuth.filter(({ AAuthType }) => SCHEMES[AAuthType] !== undefined);
  return preferredAuth({ ...account, AppAuth: known }, level);
}

/** Appendix I step 3: the server's AAuthSecret and AAuthData, with the ServerID in the place of a name. */
function notification(account: DmAccount): ServerAccount['notification'] {
  const auth = usableAuth(account, 'SRVCRED');
  if (auth?.AAuthSecret === undefined) return undefined;
  return {
    hash: syncmlHash(account.ServerID, auth.AAuthSecret),
    nonce: auth.AAuthData ?? new Uint8Array(0),
  };
}
