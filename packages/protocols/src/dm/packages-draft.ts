/**
 * A command before its message is made: without CmdID, which is given when the message is filled.
 *
 * RepPro 1.2.2 CmdID, OMA-DMPRO 8.1.2 (a message never exceeds the peer's MaxMsgSize). Used by both engines.
 */
import type { Command, SyncHdr, Unknown } from '../syncml/message.ts';

type WithoutCmdID<C> = C extends unknown ? Omit<C, 'CmdID'> : never;

export type Draft = WithoutCmdID<Exclude<Command, Unknown>>;

/** [REPPRO 6.1.4-2] Unique within the message and never "0"; what a container holds counts on from its own. */
export function numbered(drafts: readonly Draft[]): Command[] {
  let count = 0;
  const number = (draft: Draft): Command => {
    count += 1;
    const command = { ...draft, CmdID: String(count) } as Command;
    if (command.kind !== 'Atomic' && command.kind !== 'Sequence') return command;
    return { ...command, commands: command.commands.map((inner) => number(inner as Draft)) };
  };
  return drafts.map(number);
}

/**
 * Commands that one message has at most. Each may come back as a Status and a Results, and the peer's
 * reader bounds a message too.
 */
export const COMMANDS_MAX = 400;

/** Root element, SyncBody, Final and the XML declaration. */
const FRAME_BYTES = 160;

/** What a message needs before its first command: the header and its frame. */
export function frameSize(hdr: SyncHdr): number {
  return FRAME_BYTES + sizeOf(hdr);
}

/** The command's own tags and its CmdID, beside what is in it. */
const COMMAND_BYTES = 40;

/** What a command takes in its message. */
export function draftSize(draft: Draft): number {
  return COMMAND_BYTES + sizeOf(draft);
}

/** What several commands take. */
export function draftsSize(drafts: readonly Draft[]): number {
  return drafts.reduce((sum, draft) => sum + draftSize(draft), 0);
}

/** Tags of one element, and the namespace that a child of Meta declares. */
const ELEMENT_BYTES = 5;
const NAMESPACE_BYTES = 24;

/**
 * Bytes that a value takes in XML at most, which is more than in WBXML: an estimate from above, so that
 * a message can be filled before it is encoded.
 */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return textSize(value);
  if (typeof value === 'number') return String(value).length;
  if (value instanceof Uint8Array) return Math.ceil(value.length / 3) * 4;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  let size = 0;
  for (const [name, content] of Object.entries(value)) {
    const tags = 2 * name.length + ELEMENT_BYTES;
    const repeated = Array.isArray(content) ? Math.max(content.length, 1) : 1;
    size += sizeOf(content) + tags * repeated + (META_NAMES.has(name) ? NAMESPACE_BYTES : 0);
  }
  return size;
}

const META_NAMES: ReadonlySet<string> = new Set([
  'Format',
  'Type',
  'Mark',
  'Size',
  'Version',
  'NextNonce',
  'MaxMsgSize',
  'MaxObjSize',
  'EMI',
]);

function textSize(text: string): number {
  // Mark-up is escaped by up to four more bytes each.
  const marks = /[<>&"]/.test(text) ? (text.match(/[<>&"]/g)?.length ?? 0) : 0;
  return Buffer.byteLength(text) + marks * 4;
}
