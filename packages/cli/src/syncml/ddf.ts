/** `ueprov syncml ddf`: a device description, printed, checked, or written in the other spelling. OMA-DMTND 1.2 §9. */
import {
  checkDdf,
  type Ddf,
  type DdfNode,
  decodeDdf,
  encodeDdf,
  formatDdf,
  type Occurrence,
} from '@ueprov/protocols/dm/tree';
import { type DocumentOptions, readDocument, rootLine, writeDocument } from './mgmt-tree.ts';
import { type Paint, printable } from './paint.ts';
import type { Streams } from './streams.ts';

export interface DdfOptions extends DocumentOptions {
  readonly check?: boolean;
}

/** The exit code is 1 if `--check` found something that does not fit together. */
export async function ddf(file: string, options: DdfOptions, streams: Streams): Promise<number> {
  const document = await readDocument(file, decodeDdf, streams);
  if (!options.check) {
    writeDocument(document, options, streams, {
      encode: encodeDdf,
      format: formatDdf,
      outline: outlineDdf,
    });
    return 0;
  }
  const findings = checkDdf(document);
  for (const { code, path, text } of findings) {
    streams.write(`${code}: ${printable(`${text} (${path})`)}\n`);
  }
  if (findings.length === 0) streams.say('nothing found');
  return findings.length === 0 ? 0 : 1;
}

/** A line for each node: name, Format, Occurrence, Scope, AccessType, type, description. */
export function outlineDdf(document: Ddf, paint: Paint): string {
  return [rootLine(document, paint), ...document.nodes.flatMap((node) => linesOf(node, 1, paint))]
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(node: DdfNode, depth: number, paint: Paint): readonly string[] {
  const { NodeName, Path, DFProperties, nodes } = node;
  const { AccessType, DefaultValue, Description, DFFormat, DFType, Occurrence, Scope } =
    DFProperties;
  const name = NodeName === '' ? '<X>' : NodeName;
  const types = DFType.kind === 'MIME' ? DFType.MIME.join(', ') : DFType.DDFName;
  const words = [
    [DFFormat, occurrenceText(Occurrence), Scope, AccessType.join(',')].join(' '),
    ...(types === '' ? [] : [types]),
    ...(DefaultValue === undefined ? [] : [`default "${DefaultValue}"`]),
  ].map(printable);
  if (Description !== undefined) words.push(paint.quiet(printable(Description)));
  const where = printable(Path === undefined ? name : `${Path}/${name}`);
  const line = `${'  '.repeat(depth)}${[paint.name(where), ...words].join('  ')}`;
  return [line, ...nodes.flatMap((child) => linesOf(child, depth + 1, paint))];
}

function occurrenceText(occurrence: Occurrence): string {
  if (typeof occurrence === 'string') return occurrence;
  const [[kind, count] = ['', '']] = Object.entries(occurrence);
  return `${kind}(${count})`;
}
