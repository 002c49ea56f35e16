/** `ueprov syncml decode`: prints the messages of an input. */
import { ProtocolError } from '@ueprov/protocols';
import { decodeSyncML, formatSyncML, type SyncML } from '@ueprov/protocols/syncml';
import type { CapturedBody } from '../capture/capture.ts';
import { encodeJsonForm } from './json-form.ts';
import { type MessageSource, messageSources, selected } from './message-source.ts';
import { noteLine } from './note-line.ts';
import { dumpOctets } from './octet-dump.ts';
import { outlineMessage } from './outline.ts';
import { paintOf, printable } from './paint.ts';
import type { Streams } from './streams.ts';

export interface DecodeOptions {
  readonly json?: boolean;
  readonly xml?: boolean;
  readonly hex?: boolean;
  readonly message?: string;
}

/** The exit code: 2 if a message of a capture cannot be read, the others are printed all the same. */
export async function decode(
  file: string,
  options: DecodeOptions,
  streams: Streams,
): Promise<number> {
  const all = messageSources(await streams.read(file));
  const sources = options.message === undefined ? all : selected(all, options.message);
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) {
    print(only, options, streams);
    return 0;
  }
  return options.json ? printJson(sources, streams) : printEach(sources, options, streams);
}

/** Throws what is wrong with the message, after what could be shown of it. */
function print({ bytes }: MessageSource, options: DecodeOptions, streams: Streams): void {
  const paint = paintOf(streams.isColoured);
  if (options.hex) {
    const { text, fault } = dumpOctets(bytes, paint);
    streams.write(text);
    if (fault !== undefined) throw fault;
    return;
  }
  const message = decodeSyncML(bytes);
  if (options.json) streams.write(encodeJsonForm(message));
  else if (options.xml) streams.write(formatSyncML(message));
  else streams.write(outlineMessage(message, paint));
  if (options.json) return;
  for (const note of message.notes ?? []) streams.say(`note: ${noteLine(note)}`);
}

function printEach(
  sources: readonly MessageSource[],
  options: DecodeOptions,
  streams: Streams,
): number {
  const paint = paintOf(streams.isColoured);
  let faults = 0;
  for (const [index, source] of sources.entries()) {
    const title = `${index + 1}. ${printable(titleOf(source))}`;
    streams.write(`${index === 0 ? '' : '\n'}${paint.quiet(title)}\n`);
    faults += attempt(`message ${index + 1}`, streams, () => print(source, options, streams));
  }
  return faults > 0 ? 2 : 0;
}

/** A list: each with its time and ends, and the message, or its fault. */
function printJson(sources: readonly MessageSource[], streams: Streams): number {
  let faults = 0;
  const list = sources.map(({ bytes, captured }, index) => {
    const ends = captured === undefined ? {} : endsOf(captured);
    let message: SyncML | undefined;
    faults += attempt(`message ${index + 1}`, streams, () => {
      message = decodeSyncML(bytes);
    });
    return { ...ends, message };
  });
  streams.write(encodeJsonForm(list));
  return faults > 0 ? 2 : 0;
}

/** 1 if the body threw a `ProtocolError`, which is said under the label. */
function attempt(label: string, streams: Streams, body: () => void): number {
  try {
    body();
    return 0;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    streams.say(`ueprov: ${label}: ${error}`);
    return 1;
  }
}

function endsOf({ at, from, to }: CapturedBody): {
  readonly time?: string;
  readonly from: string;
  readonly to: string;
} {
  return { ...(at !== undefined && { time: timeOf(at) }), from, to };
}

function titleOf({ captured, bytes }: MessageSource): string {
  if (captured === undefined) return `${bytes.length} octets`;
  const { time, from, to } = endsOf(captured);
  return `${time === undefined ? '' : `${time}  `}${from} -> ${to}  ${bytes.length} octets`;
}

/** ISO, or nothing sensible for a clock that no calendar has. */
function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
