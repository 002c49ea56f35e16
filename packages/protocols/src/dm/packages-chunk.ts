/**
 * A command in pieces: an object that no message of the peer can hold goes over in chunks.
 *
 * OMA-DMPRO 7: MoreData in every chunk but the last, Size in the first chunk and only there. Used by the outbox
 * of the client (Results, Alert) and by the operations of the server (Add, Replace).
 */
import type { Data, Item } from '../syncml/message.ts';
import { type Draft, draftSize } from './packages-draft.ts';

type ObjectDraft = Extract<Draft, { kind: 'Add' | 'Alert' | 'Replace' | 'Results' }>;

export interface Chunk {
  readonly draft: Draft;
  /** Where the next chunk begins; undefined after the last. */
  readonly next: number | undefined;
}

/** The least of an object that a chunk carries, however small the peer's messages are. */
export const CHUNK_MIN_BYTES = 32;

/** Whether a command is one object, which may go over in pieces. */
export function isObject(draft: Draft): draft is ObjectDraft {
  if (draft.kind !== 'Add' && draft.kind !== 'Alert' && draft.kind !== 'Replace') {
    if (draft.kind !== 'Results') return false;
  }
  return draft.Items.length === 1 && (draft.Items[0]?.Data?.length ?? 0) > 0;
}

/** The piece of `draft` from offset `from` that fits into `room` bytes; never nothing. */
export function chunkOf(draft: ObjectDraft, from: number, room: number): Chunk {
  const [whole] = draft.Items;
  const data = whole?.Data ?? '';
  const last = withItem(
    draft,
    pieceOf(whole, data.slice(from), from === 0 ? 'only' : 'last', data),
  );
  if (draftSize(last) <= room) return { draft: last, next: undefined };
  const mark = from === 0 ? 'first' : 'middle';
  const frame = draftSize(withItem(draft, pieceOf(whole, '', mark, data)));
  const end = endWithin(data, from, Math.max(room - frame, CHUNK_MIN_BYTES));
  if (end >= data.length) return { draft: last, next: undefined };
  return { draft: withItem(draft, pieceOf(whole, data.slice(from, end), mark, data)), next: end };
}

/** OMA-DMTND: bytes as they are carried, of base64 those of its text. */
export function objectSize(data: Data): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length;
}

function withItem(draft: ObjectDraft, item: Item): Draft {
  return { ...draft, Items: [item] };
}

/** [DMPRO 7-1] [REPPRO 6.1.11-1] [REPPRO 6.1.11-2] Meta and addresses are repeated, Size is not. */
function pieceOf(
  whole: Item | undefined,
  Data: Data,
  mark: 'only' | 'first' | 'middle' | 'last',
  all: Data,
): Item {
  const { Size: _, ...Meta } = whole?.Meta ?? {};
  const stated = mark === 'first' ? { ...Meta, Size: objectSize(all) } : Meta;
  const { Meta: __, Data: ___, MoreData: ____, ...item } = whole ?? {};
  return {
    ...item,
    ...(Object.keys(stated).length > 0 && { Meta: stated }),
    Data,
    ...((mark === 'first' || mark === 'middle') && { MoreData: true as const }),
  };
}

/** The offset up to which the data takes at most `room` bytes in XML, past `from` and between characters. */
function endWithin(data: Data, from: number, room: number): number {
  if (typeof data !== 'string') return from + Math.max(Math.floor(room / 4) * 3, 3);
  let size = 0;
  let end = from;
  while (end < data.length) {
    const code = data.codePointAt(end) ?? 0;
    size += MARKS.has(code) ? 6 : code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (size > room && end > from) return end;
    end += code < 0x10000 ? 1 : 2;
  }
  return end;
}

/** Escaped by up to five more bytes: `<`, `>`, `&` and `"`. */
const MARKS: ReadonlySet<number> = new Set([0x22, 0x26, 0x3c, 0x3e]);
