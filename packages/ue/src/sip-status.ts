/**
 * What the tree says of the registrations: OperStat of an identity, and the P-CSCF in use. For servers to read, so what
 * cannot be written is left. Used by device.ts.
 *
 * CL-PKTC-EUE-USER-MIB and CL-PKTC-EUE-DEV-MIB, reconstructed (mo/pktc-usr.ts, mo/pktc-ue.ts).
 */
import type { Instant } from '@ueprov/protocols';
import { LOCAL, type Tree } from '@ueprov/protocols/dm/tree';
import { ACTIVE, INACTIVE } from '@ueprov/protocols/mo';
import { transportOf } from '@ueprov/protocols/sip';
import type { SipAccessEffect } from './sip-access.ts';

/** PktcEUEDevSipProtID. */
const PROTOCOLS = { udp: '2', tcp: '3', tls: '4' } as const;
/** PktcEUETCStatusInfo: octets, and what a network says may be of any. */
const INFO_LENGTH_MAX = 31;

export function noteRegistration(
  tree: Tree,
  effect: Extract<SipAccessEffect, { kind: 'registered' | 'failed' }>,
  now: Instant,
): void {
  const { identity } = effect;
  if (effect.kind === 'failed') {
    const info = effect.words.replace(/[^\x20-\x7e]/g, '?').slice(0, INFO_LENGTH_MAX);
    write(tree, `${identity.uri}/OperStat`, String(INACTIVE), now);
    write(tree, `${identity.uri}/OperStatInfo`, info, now);
    return;
  }
  write(tree, `${identity.uri}/OperStat`, String(ACTIVE), now);
  write(tree, `${identity.uri}/OperStatInfo`, '', now);
  if (effect.pCscf === undefined) return;
  write(tree, `${effect.pCscf.uri}/UsedProtocol`, PROTOCOLS[transportOf(effect.target)], now);
  write(tree, `${effect.pCscf.uri}/UsedAddr`, effect.target.address, now);
}

function write(tree: Tree, uri: string, Data: string, now: Instant): void {
  const known = tree.text(uri);
  if (known === Data) return;
  if (known === undefined) tree.add(uri, { Data }, LOCAL, now);
  else tree.replace(uri, { Data }, LOCAL, now);
}
