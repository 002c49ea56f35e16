/** What one peer, and all of them together, may cost a SIP transport. */
export interface SipLimits {
  /** Connections, those that came and those that were opened. */
  readonly connections: number;
  /** A connection on which nothing comes or goes for so long is closed. */
  readonly idleMs: number;
  /** From the first octet of a message to its last. */
  readonly messageMs: number;
  /** For a connection to be there, the handshake of TLS included. */
  readonly connectMs: number;
  /** Octets that wait because a peer does not read. */
  readonly unsentBytes: number;
}

export const SIP_LIMITS: SipLimits = {
  connections: 20_000,
  // RFC 5626 §4.4.1: a peer that wants to stay sends something every two minutes.
  idleMs: 600_000,
  messageMs: 20_000,
  connectMs: 5000,
  unsentBytes: 1_048_576,
};
