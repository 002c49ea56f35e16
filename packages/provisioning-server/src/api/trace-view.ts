/**
 * A session as people read it: every message decoded and masked, every command beside the Status that answers it.
 *
 * What cannot be decoded cannot be masked either, and is shown as stars (facts: raw bytes are masked on every way out).
 */
import { encodeBase64, ProtocolError } from '@ueprov/protocols';
import {
  decodeSyncML,
  formatSyncML,
  maskMessage,
  maskSecrets,
  type SyncML,
} from '@ueprov/protocols/syncml';
import type { MessageRecord } from '../store/record.ts';
import { Answers } from './answers.ts';
import { commandRows } from './command-rows.ts';
import { timeOf } from './device-view.ts';
import type { TracedMessage } from './schema.ts';
import { maskSip } from './sip-mask.ts';

/** Octets of wire that one trace shows; later messages are listed without their content. */
export const TRACE_BYTES_MAX = 8 * 1024 * 1024;

interface Readable {
  readonly record: MessageRecord;
  readonly raw: Uint8Array;
  readonly text: string | null;
  readonly error: string | null;
  readonly notes: readonly string[];
  readonly message?: SyncML;
}

/** `records` in order of time, SIP and HTTP. */
export function traceView(records: readonly MessageRecord[]): TracedMessage[] {
  let bytes = 0;
  const readable = records.map((record) => {
    bytes += record.raw.length;
    return bytes > TRACE_BYTES_MAX ? leftOut(record) : readableOf(record);
  });
  const answers = new Answers();
  readable.forEach(({ record, message }, index) => {
    if (message !== undefined) answers.add(message, record.from, index + 1);
  });
  return readable.map(({ record, raw, text, error, notes, message }, index) => ({
    seq: index + 1,
    at: timeOf(record.at),
    protocol: record.protocol,
    from: record.from,
    to: record.to,
    label: record.label,
    contentType: record.contentType ?? null,
    bytes: record.raw.length,
    raw: encodeBase64(raw),
    text,
    error,
    notes: [...notes],
    commands: message === undefined ? [] : commandRows(message, answers.to(record.from, index + 1)),
  }));
}

function readableOf(record: MessageRecord): Readable {
  if (record.protocol === 'SIP') {
    const raw = maskSip(record.raw);
    return { record, raw, text: sipText(raw), error: null, notes: [] };
  }
  const { raw } = record;
  if (raw.length === 0)
    return { record, raw, text: '', error: null, notes: ['The body is empty.'] };
  try {
    const clear = decodeSyncML(raw, record.encoding);
    const message = maskMessage(clear);
    const notes = (clear.notes ?? []).map(({ text }) => text);
    return {
      record,
      raw: maskSecrets(raw),
      text: formatSyncML(message),
      error: null,
      notes,
      message,
    };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return {
      record,
      raw: new Uint8Array(raw.length).fill(STAR),
      text: null,
      error: String(error),
      notes: ['The octets are hidden: where a secret lies in them cannot be known.'],
    };
  }
}

const STAR = 0x2a;

function leftOut(record: MessageRecord): Readable {
  const notes = [`Left out: this trace holds more than ${TRACE_BYTES_MAX} octets.`];
  return { record, raw: new Uint8Array(), text: null, error: null, notes };
}

/** Text as it is; the octets of a binary body as escapes, since a terminal or a page may choke on them. */
function sipText(raw: Uint8Array): string {
  return new TextDecoder('utf-8').decode(raw).replace(CONTROLS, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
