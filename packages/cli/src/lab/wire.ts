/** What a datagram or a POST on the lab's wires means: for the ladder, and for the steps of Table 3. */
import { ProtocolError } from '@ueprov/protocols';
import {
  cSeq,
  decodeSip,
  headerOf,
  type SipMessage,
  sentByOf,
  to,
  via,
} from '@ueprov/protocols/sip';
import { plainUri } from '@ueprov/provisioning-server';
import type { Arrow } from '../ladder.ts';
import { mark, type Progress, type UeProgress } from './progress.ts';

/** A SIP message as it left a socket. */
export interface Datagram {
  readonly at: number;
  /** `address:port` of both ends. */
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** The boxes that the lab draws. */
export const BOXES = ['UE', 'P-CSCF', 'S-CSCF', 'Prov. Server'] as const;

export interface Seen {
  readonly ue: UeProgress | undefined;
  readonly arrow: Omit<Arrow, 'offsetMs'>;
}

/**
 * Reads a datagram and notes the steps that it completes; undefined for one that is no SIP. Steps are told by the wall
 * clock, like those that the server's records tell; the ladder by the finer one.
 */
export function seeDatagram(
  datagram: Datagram,
  boxOf: (address: string) => string,
  progress: Progress,
): Seen | undefined {
  const message = readSip(datagram.bytes);
  if (message === undefined) return undefined;
  const [from, toBox] = [boxOf(datagram.from), boxOf(receiverOf(message, datagram))];
  const ue = progress.byIMPU(plainUri(to(message)));
  if (ue !== undefined) {
    noteSteps(ue, message, from, toBox, Date.now());
    if (from === 'UE') ue.wire.ip = datagram.from.startsWith('[') ? 'ipv6' : 'ipv4';
  }
  return { ue, arrow: { from, to: toBox, label: labelOf(message), protocol: 'SIP' } };
}

/** A response over TCP or TLS goes to a port that only its connection has: Via knows whose it is. */
function receiverOf(message: SipMessage, { to: receiver }: Datagram): string {
  const top = via(message);
  return message.kind === 'request' || top.transport === 'UDP' ? receiver : sentByOf(top);
}

function readSip(bytes: Uint8Array): SipMessage | undefined {
  try {
    return decodeSip(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function noteSteps(
  ue: UeProgress,
  message: SipMessage,
  from: string,
  toBox: string,
  at: number,
): void {
  if (message.kind === 'request') {
    const authorization = headerOf(message, 'Authorization');
    if (from === 'UE' && message.method === 'REGISTER' && authorization !== undefined) {
      ue.wire.sipAuth = schemeOf(authorization);
      const { transport } = via(message);
      ue.wire.transport = transport.toLowerCase();
      ue.wire.security = transport === 'TLS' ? 'tls' : 'none';
    }
    return;
  }
  if (message.status !== 200) return;
  const { method } = cSeq(message);
  if (method === 'REGISTER' && from === 'S-CSCF' && toBox === 'P-CSCF') mark(ue, 'UE-1', at);
  if (method === 'REGISTER' && from === 'Prov. Server') mark(ue, 'UE-2', at);
  if (method === 'MESSAGE' && from === 'UE') mark(ue, 'UE-3', at);
}

function schemeOf(authorization: string): string {
  const algorithm = /algorithm\s*=\s*"?([A-Za-z0-9-]+)/i.exec(authorization)?.[1]?.toLowerCase();
  if (algorithm?.startsWith('akav') === true) return 'aka';
  const scheme = authorization.split(/\s/, 1)[0]?.toLowerCase() ?? 'none';
  return algorithm === 'sha-256' ? `${scheme}-sha-256` : scheme;
}

function labelOf(message: SipMessage): string {
  if (message.kind === 'response') return `${message.status} ${message.reason}`;
  const isPush = headerOf(message, 'Content-Type')?.startsWith('application/vnd.oma.push');
  return isPush ? `${message.method} Pkg#0` : message.method;
}
