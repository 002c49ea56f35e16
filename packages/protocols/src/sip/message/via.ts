/** Via (RFC 3261 §20.42): where a response goes, and which transaction it belongs to. */
import { ProtocolError } from '../../error.ts';
import { VIA_COUNT_MAX } from './message.ts';
import { encodeParameters, type Parameter, parameterValue, Scanner } from './scanner.ts';
import { decodeHostPort } from './uri.ts';

export interface Via {
  /** UDP, TCP, TLS, SCTP or another token, upper case. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly parameters: readonly Parameter[];
}

/** RFC 3261 §8.1.1.7: a branch that starts so is unique in space and time. */
export const BRANCH_COOKIE = 'z9hG4bK';

const SPACE = /[\t ]+/y;

/** The host of an IPv6 sent-by has colons, which may stand between white space nowhere else. */
const SENT_BY = /(\[[0-9A-Fa-f:.]+\]|[^\s;,:[\]]+)(?:[\t ]*:[\t ]*([0-9]+))?/y;

/**
 * All of one header value, topmost first. Throws `SIP_VIA`, `SIP_PARAMETER`, `SIP_URI` or
 * `SIP_COUNT`.
 */
export function decodeVias(value: string): readonly Via[] {
  const scanner = new Scanner(value, 'Via');
  const vias: Via[] = [];
  do {
    if (vias.length === VIA_COUNT_MAX) throw scanner.error('SIP_COUNT', 'too many');
    vias.push(via(scanner));
  } while (scanner.take(','));
  scanner.expectEnd('SIP_VIA');
  return vias;
}

export function encodeVia({ transport, host, port, parameters }: Via): string {
  const sentBy = port === undefined ? host : `${host}:${port}`;
  return `SIP/2.0/${transport} ${sentBy}${encodeParameters(parameters)}`;
}

export function branchOf(via: Via): string | undefined {
  return parameterValue(via, 'branch');
}

function via(scanner: Scanner): Via {
  scanner.skipSpace();
  const protocol = scanner.token('SIP_VIA');
  scanner.expect('/', 'SIP_VIA');
  const version = scanner.token('SIP_VIA');
  scanner.expect('/', 'SIP_VIA');
  if (protocol.toUpperCase() !== 'SIP' || version !== '2.0') {
    throw scanner.error('SIP_VIA', `${protocol}/${version} is not SIP/2.0`);
  }
  const transport = scanner.token('SIP_VIA').toUpperCase();
  if (scanner.match(SPACE) === undefined) throw scanner.error('SIP_VIA', 'space expected');
  const sentBy = scanner.match(SENT_BY);
  if (sentBy === undefined) throw scanner.error('SIP_VIA', 'sent-by expected');
  const [, host = '', port] = sentBy;
  const hostPort = port === undefined ? host : `${host}:${port}`;
  const parameters = scanner.parameters();
  const branch = parameterValue({ parameters }, 'branch');
  if (branch === '') throw new ProtocolError('SIP_VIA', 'empty branch', { path: 'Via' });
  return { transport, ...decodeHostPort(hostPort, 'Via'), parameters };
}
