/**
 * Where everything of a ladder diagram goes: pure arithmetic from the trace, used by `ladder.tsx`.
 *
 * One time axis runs downwards for SIP and HTTP alike. Rows are at least one text line apart and
 * grow with the time between them; more than a second is cut out and drawn as a break.
 */
import type { TracedMessage } from '@ueprov/provisioning-server/api';

export interface LadderColumn {
  readonly name: string;
  readonly x: number;
}

export interface LadderRow {
  readonly message: TracedMessage;
  /** Place in the trace, from 1; also how the page names the message. */
  readonly number: number;
  readonly y: number;
  readonly fromX: number;
  readonly toX: number;
  readonly sinceStartMs: number;
  readonly sinceBeforeMs: number;
}

export interface LadderBreak {
  readonly y: number;
  readonly ms: number;
}

export interface Ladder {
  readonly columns: readonly LadderColumn[];
  readonly rows: readonly LadderRow[];
  readonly breaks: readonly LadderBreak[];
  readonly height: number;
}

/** The boxes of the specification's figures, left to right; a name not known here stands after them. */
export const COLUMN_NAMES: readonly string[] = ['UE', 'Core', 'DM notifier', 'DM server'];

export const BREAK_MS = 1000;
export const GUTTER_PX = 124;
export const HEAD_PX = 40;
const ROW_PX = 36;
/** What a gap of just under a second adds to a row. */
const GAP_PX = 24;
const BREAK_PX = 34;
/** From the arrow above to the zigzag: half way to the label of the next. */
const BREAK_MIDDLE_PX = 26;
const FOOT_PX = 26;
/** From the edges of the drawing to the outer columns. */
const EDGE_PX = 48;

export function layOutLadder(trace: readonly TracedMessage[], width: number): Ladder {
  const columns = placeColumns(trace, width);
  const xOf = new Map(columns.map((column) => [column.name, column.x]));
  const rows: LadderRow[] = [];
  const breaks: LadderBreak[] = [];
  const startMs = Date.parse(trace[0]?.at ?? '');
  let y = HEAD_PX;
  let beforeMs = startMs;
  trace.forEach((message, index) => {
    const atMs = Date.parse(message.at);
    const sinceBeforeMs = Math.max(0, atMs - beforeMs);
    if (sinceBeforeMs > BREAK_MS) {
      breaks.push({ y: y + BREAK_MIDDLE_PX, ms: sinceBeforeMs });
      y += BREAK_PX;
    } else {
      y += GAP_PX * Math.sqrt(sinceBeforeMs / BREAK_MS);
    }
    y += ROW_PX;
    rows.push({
      message,
      number: index + 1,
      y,
      fromX: xOf.get(message.from) ?? 0,
      toX: xOf.get(message.to) ?? 0,
      sinceStartMs: Math.max(0, atMs - startMs),
      sinceBeforeMs,
    });
    beforeMs = atMs;
  });
  return { columns, rows, breaks, height: y + FOOT_PX };
}

function placeColumns(trace: readonly TracedMessage[], width: number): readonly LadderColumn[] {
  const names = new Set(COLUMN_NAMES);
  for (const { from, to } of trace) names.add(from).add(to);
  const first = GUTTER_PX + EDGE_PX;
  const step = (width - first - EDGE_PX) / (names.size - 1);
  return [...names].map((name, index) => ({ name, x: Math.round(first + index * step) }));
}
