/**
 * TCP segments to the octet runs of each direction, by sequence number: retransmissions once, order restored.
 *
 * RFC 9293 §3.4. A gap (a segment that was not captured) ends a run and starts another. Pure. Used by capture.ts.
 */
import type { Segment } from './frame.ts';

/** Octets that followed each other in one direction of one connection. */
export interface Run {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
  /** When the octet at this place came. */
  at(offset: number): number;
}

export function reassembleTcp(segments: Iterable<Segment>): readonly Run[] {
  const open = new Map<string, Flow>();
  const flows: Flow[] = [];
  for (const segment of segments) {
    const key = `${segment.from} ${segment.to}`;
    let flow = open.get(key);
    // Ports are used again: a SYN with another number begins a new connection.
    if (flow === undefined || (segment.isSyn && flow.base !== segment.sequence)) {
      flow = { base: segment.sequence, pieces: [] };
      open.set(key, flow);
      flows.push(flow);
    }
    // The SYN itself takes one number.
    const number = segment.sequence + (segment.isSyn ? 1 : 0);
    // 32 bits that wrap, as a distance with its sign: a segment may come before the first one seen.
    const start = (number - flow.base) | 0;
    if (segment.payload.length > 0) flow.pieces.push({ start, segment });
  }
  return flows.flatMap(({ pieces }) => runsOf(pieces));
}

interface Flow {
  /** Sequence number that places are counted from. */
  readonly base: number;
  readonly pieces: Piece[];
}

interface Piece {
  readonly start: number;
  readonly segment: Segment;
}

function runsOf(pieces: readonly Piece[]): readonly Run[] {
  const runs: Run[] = [];
  let current: Piece[] = [];
  let next = 0;
  for (const { start, segment } of pieces.toSorted((a, b) => a.start - b.start)) {
    if (current.length > 0 && start > next) {
      runs.push(runOf(current));
      current = [];
    }
    const known = current.length === 0 ? 0 : next - start;
    if (known >= segment.payload.length) continue;
    const payload = segment.payload.subarray(known);
    current.push({ start: start + known, segment: { ...segment, payload } });
    next = start + segment.payload.length;
  }
  if (current.length > 0) runs.push(runOf(current));
  return runs;
}

function runOf(pieces: readonly Piece[]): Run {
  const [first] = pieces as readonly [Piece, ...Piece[]];
  return {
    from: first.segment.from,
    to: first.segment.to,
    bytes: Buffer.concat(pieces.map(({ segment }) => segment.payload)),
    at: (offset) => (pieceAt(pieces, first.start + offset) ?? first).segment.at,
  };
}

/** The last piece that starts there or before, by halving: a run may have very many. */
function pieceAt(pieces: readonly Piece[], place: number): Piece | undefined {
  let [low, high] = [0, pieces.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle]?.start ?? 0) <= place) low = middle;
    else high = middle;
  }
  return pieces[low];
}
