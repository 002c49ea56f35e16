/** TLS for SIP: what both sides show, and whom they believe (RFC 3261 §26.3.1, RFC 5922). */
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  type PeerCertificate,
  type TlsOptions,
} from 'node:tls';
import type { TransportAddress } from '@ueprov/protocols/sip';

export interface SipTls {
  /** PEM. With `key` and `cert` the transport takes connections; without, it only opens them. */
  readonly key?: string;
  readonly cert?: string;
  /** PEM: who may vouch for peers; those that Node knows when absent. */
  readonly ca?: string;
  /** Peers that connect have to show a certificate, too. */
  readonly isMutual?: boolean;
  /** Port to listen on; any free one when absent or 0. */
  readonly port?: number;
}

const MIN_VERSION = 'TLSv1.2';

export function listenOptions(tls: SipTls, connectMs: number): TlsOptions {
  return {
    ...credentials(tls),
    minVersion: MIN_VERSION,
    handshakeTimeout: connectMs,
    requestCert: tls.isMutual === true,
    rejectUnauthorized: tls.isMutual === true,
  };
}

export function connectOptions(tls: SipTls, target: TransportAddress): ConnectionOptions {
  const expected = target.domain ?? target.address;
  return {
    ...credentials(tls),
    minVersion: MIN_VERSION,
    host: target.address,
    port: target.port,
    // RFC 6066 §3: an address is no server name.
    ...(isIP(expected) === 0 && { servername: expected }),
    checkServerIdentity: (_host, certificate) => identityFault(expected, certificate),
  };
}

/**
 * RFC 5922 §7.1 and §7.2: SIP URIs of the certificate before its DNS names, and no wildcards.
 * Addresses are compared with addresses, as where no domain is known.
 */
export function identityFault(expected: string, certificate: PeerCertificate): Error | undefined {
  if (isIP(expected) !== 0) return checkServerIdentity(expected, certificate);
  const names = (certificate.subjectaltname ?? '').split(', ');
  const domainsOf = (prefix: RegExp) =>
    names.flatMap((name) => (prefix.test(name) ? [name.replace(prefix, '').toLowerCase()] : []));
  const sipDomains = domainsOf(/^URI:sip:(?=[^@]+$)/i);
  const domains = sipDomains.length > 0 ? sipDomains : domainsOf(/^DNS:/);
  if (domains.includes(expected.toLowerCase())) return undefined;
  return new Error(`the certificate is for ${domains.join(', ') || 'nobody'}, not ${expected}`);
}

function credentials({ key, cert, ca }: SipTls) {
  return {
    ...(key !== undefined && { key }),
    ...(cert !== undefined && { cert }),
    ...(ca !== undefined && { ca }),
  };
}
