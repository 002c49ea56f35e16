/**
 * How an account's server is reached over HTTP: through which proxy, and what is proved to whom on the way.
 *
 * OMA-DMSTDOBJ 5.3.1: AAuthLevel HTTP with HTTP-BASIC and HTTP-DIGEST [SYNCHTTP 5.4-1]; PrefConRef and ToConRef name
 * connectivity objects. Used by account.ts; the shell's HTTP client does as it says.
 */
import type { HttpAuthScheme, HttpCredential } from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import { type DmAccount, type ProxyAuthType, preferredAuth, readProxy } from '@ueprov/protocols/mo';

export interface HttpAccess {
  /** Goes to the server alone. */
  readonly credential?: HttpCredential;
  readonly proxy?: HttpProxy;
}

export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** Goes to the proxy alone. */
  readonly credential?: HttpCredential;
}

const SCHEMES: Readonly<Record<ProxyAuthType, HttpAuthScheme>> = {
  'HTTP-BASIC': 'basic',
  'HTTP-DIGEST': 'digest',
};

export function httpAccess(tree: Tree, account: DmAccount): HttpAccess {
  const credential = serverCredential(account);
  const proxy = proxyOf(tree, account);
  return { ...(credential && { credential }), ...(proxy && { proxy }) };
}

/** Of the ways that the account offers, the first one that is known here; what has no secret proves nothing. */
function serverCredential(account: DmAccount): HttpCredential | undefined {
  const AppAuth = account.AppAuth.filter(({ AAuthType }) => schemeOf(AAuthType) !== undefined);
  const auth = preferredAuth({ ...account, AppAuth }, 'HTTP');
  const scheme = auth && schemeOf(auth.AAuthType);
  if (scheme === undefined || auth?.AAuthSecret === undefined) return undefined;
  return { scheme, username: auth.AAuthName ?? '', password: auth.AAuthSecret };
}

function schemeOf(type: string): HttpAuthScheme | undefined {
  return (SCHEMES as Readonly<Record<string, HttpAuthScheme | undefined>>)[type];
}

/** The preferred connectivity first, then the others in their order; what is no proxy is the network itself. */
function proxyOf(tree: Tree, { PrefConRef, ConRef }: DmAccount): HttpProxy | undefined {
  for (const uri of [...(PrefConRef === undefined ? [] : [PrefConRef]), ...ConRef]) {
    const found = readProxy(tree, uri);
    if (found === undefined) continue;
    const { Addr, PortNbr, AuthInfo } = found;
    return {
      host: Addr,
      port: PortNbr,
      ...(AuthInfo && {
        credential: {
          scheme: SCHEMES[AuthInfo.AuthType],
          username: AuthInfo.AuthName,
          password: AuthInfo.AuthSecret,
        },
      }),
    };
  }
  return undefined;
}
