/** What a capture file holds, whichever its format: frames with their time and link type. Used by capture.ts. */
import { ProtocolError } from '@ueprov/protocols';

export interface Packet {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** LINKTYPE_ number of tcpdump.org. */
  readonly linkType: number;
  /** The frame, a view of the file. */
  readonly bytes: Uint8Array;
}

/** Packets of one capture file; each costs at least 16 octets of it. */
export const PACKETS_MAX = 200_000;

/** The file ends inside a record, or a record claims more than there is. */
export function truncatedCapture(byte: number): ProtocolError {
  return new ProtocolError('CAPTURE_TRUNCATED', 'the capture ends inside a record', { byte });
}

export function tooManyPackets(byte: number): ProtocolError {
  return new ProtocolError('CAPTURE_PACKETS', `more than ${PACKETS_MAX} packets`, { byte });
}
