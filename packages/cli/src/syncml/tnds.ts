/** `ueprov syncml tnds`: a management sub-tree as a document, printed or written in another spelling or style. OMA-DMTNDS 1.2. */
import {
  decodeTnds,
  encodeTnds,
  flattenTnds,
  formatAcl,
  formatOf,
  formatTnds,
  nestTnds,
  type Tnds,
  type TndsNode,
} from '@ueprov/protocols/dm/tree';
import { UsageError } from '../exit.ts';
import { type DocumentOptions, readDocument, rootLine, writeDocument } from './mgmt-tree.ts';
import { valueText } from './outline.ts';
import { type Paint, printable } from './paint.ts';
import type { Streams } from './streams.ts';

export interface TndsOptions extends DocumentOptions {
  readonly style?: string;
}

export async function tnds(file: string, options: TndsOptions, streams: Streams): Promise<number> {
  const restyle = styleOf(options.style);
  const document = restyle(await readDocument(file, decodeTnds, streams));
  writeDocument(document, options, streams, {
    encode: encodeTnds,
    format: (each) => `${formatTnds(each)}\n`,
    outline: outlineTnds,
  });
  return 0;
}

function styleOf(style: string | undefined): (document: Tnds) => Tnds {
  if (style === undefined) return (document) => document;
  if (style === 'nested') return nestTnds;
  if (style === 'flat') return flattenTnds;
  throw new UsageError(`--style is nested or flat, not ${style}`);
}

/** A line for each node: where, Format, Type, value, then what else is known of it. */
export function outlineTnds(document: Tnds, paint: Paint): string {
  return [rootLine(document, paint), ...document.nodes.flatMap((node) => linesOf(node, 1, paint))]
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(node: TndsNode, depth: number, paint: Paint): readonly string[] {
  const { ACL, Title, TStamp, Type, VerNo } = node.RTProperties;
  const value =
    node.kind === 'leaf' && node.Value !== undefined ? ` = ${valueText(node.Value)}` : '';
  const others = {
    Title,
    TStamp,
    VerNo,
    // Empty: as the parent's, which says nothing here.
    ACL: ACL === undefined || ACL.size === 0 ? undefined : formatAcl(ACL),
  };
  const words = Object.entries(others).flatMap(([name, known]) =>
    known === undefined ? [] : [`${name}=${known}`],
  );
  const kind = [formatOf(node), ...(Type ? [Type] : [])].join(' ');
  const rest = paint.quiet(printable([`(${kind})`, ...words].join('  ')));
  const line = `${'  '.repeat(depth)}${paint.name(printable(nameOf(node)))}${value}  ${rest}`;
  const nodes = node.kind === 'interior' ? node.nodes : [];
  return [line, ...nodes.flatMap((child) => linesOf(child, depth + 1, paint))];
}

function nameOf({ NodeName, Path }: TndsNode): string {
  if (NodeName === undefined) return '(placed by Type)';
  const name = NodeName === '' ? '(the Target)' : NodeName;
  return Path === undefined ? name : `${Path}/${name}`;
}
