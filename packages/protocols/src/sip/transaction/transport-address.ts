/**
 * Where messages go to and come from (RFC 3261 §18, RFC 5626). What the transaction layer says to a
 * shell, and a shell to it.
 */
export type Transport = 'udp' | 'tcp' | 'tls';

export interface TransportAddress {
  /** An IP address without brackets, or a name that the shell resolves. */
  readonly address: string;
  readonly port: number;
  /** Absent: UDP. */
  readonly transport?: Transport;
  /**
   * The connection that it came on (RFC 5626). Sending to an address with a flow uses exactly that
   * flow, or fails with 'unreachable'. UDP needs none: address and port are the flow.
   */
  readonly flow?: string;
  /** TLS: the domain that the peer's certificate has to show (RFC 5922 §7.2); absent: the address. */
  readonly domain?: string;
}

/** RFC 3261 §19.1.2. */
export const SIP_PORT = 5060;
export const SIPS_PORT = 5061;

export function transportOf({ transport = 'udp' }: TransportAddress): Transport {
  return transport;
}

/** RFC 3261 §17: nothing has to be sent twice. */
export function isReliable(address: TransportAddress): boolean {
  return transportOf(address) !== 'udp';
}

/** Transport, address and port as one text: what a connection is looked up by. */
export function peerKeyOf(address: TransportAddress): string {
  return `${transportOf(address)} ${address.port} ${address.address}`;
}
