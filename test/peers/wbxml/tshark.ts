/** tshark's WBXML dissector over documents that lie in a capture as they are, each the whole payload of a packet. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The link type that is free for private use (LINKTYPE_USER0): told to be WBXML by an option. */
const USER_0 = 147;
const AS_WBXML = 'uat:user_dlts:"User 0 (DLT=147)","wbxml","0","","0",""';
const SNAP_BYTES = 262_144;
const OUTPUT_BYTES_MAX = 2 ** 29;

/** Numbers, from 1, of the documents that tshark names malformed. */
export function malformedFrames(documents: readonly Uint8Array[]): readonly number[] {
  const filter = ['-Y', '_ws.malformed', '-T', 'fields', '-e', 'frame.number'];
  return tshark(documents, filter).split('\n').filter(Boolean).map(Number);
}

/** The tags of each document that its code pages know, in order; an element without content has two all the same. */
export function shownTags(documents: readonly Uint8Array[]): readonly (readonly string[])[] {
  const [, ...frames] = tshark(documents, ['-V']).split(/^Frame \d+: /m);
  return frames.map((frame) =>
    [...frame.matchAll(/Known Tag 0x.*\| +<(\/?)(\w+)( \/)?>$/gm)].flatMap(
      ([, end, name, isEmpty]) =>
        isEmpty === undefined ? [`<${end}${name}>`] : [`<${name}>`, `</${name}>`],
    ),
  );
}

function tshark(documents: readonly Uint8Array[], options: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ueprov-tshark-'));
  try {
    const file = join(folder, 'documents.pcap');
    writeFileSync(file, capture(documents));
    const args = ['-r', file, '-o', AS_WBXML, ...options];
    const { status, stdout, stderr } = spawnSync('tshark', args, { maxBuffer: OUTPUT_BYTES_MAX });
    if (status !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The libpcap format: a header, then for each packet its time, its two lengths and itself. */
function capture(documents: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_BYTES, 16);
  header.writeUInt32LE(USER_0, 20);
  const packets = documents.flatMap((document) => {
    const front = Buffer.alloc(16);
    front.writeUInt32LE(document.length, 8);
    front.writeUInt32LE(document.length, 12);
    return [front, document];
  });
  return Buffer.concat([header, ...packets]);
}
