/** Results for people: values beside their addresses, a sub-tree as a tree, refusals in words. */
import type { Operation, OperationCommand, OperationResult } from '@ueprov/provisioning-server/api';
import { printable } from '../syncml/paint.ts';
import { statusWords } from './verdict.ts';

/** A longer value is cut for the eye; --json and --out have it whole. */
const SHOWN_LENGTH_MAX = 400;

/** The lines for standard output. */
export function resultLines({ commands }: Operation): readonly string[] {
  return commands.flatMap(linesOf);
}

function linesOf(command: OperationCommand): readonly string[] {
  const { kind, list, results } = command;
  if (results.length === 0) return [`${shown(addressed(command))}  ${statusWords(command)}`];
  if (kind === 'list') return list === null ? children(results) : listed(results);
  if (kind === 'exec') {
    const told = results.map(({ data }) => `  ${shown(data)}`);
    return [`${shown(command.uri)}  ${statusWords(command)}`, ...told];
  }
  return results.map(({ data }) => `${shown(addressed(command))}  ${shown(data)}`);
}

function addressed({ kind, uri, prop, data }: OperationCommand): string {
  if (prop !== null) return `${uri}?prop=${prop}`;
  return kind === 'acl' && data === null ? `${uri}?prop=ACL` : uri;
}

/** OMA-DMTND 7.7.2: the names of the children, in no order. */
function children(results: readonly OperationResult[]): readonly string[] {
  return results.flatMap(({ format, data }) => {
    if (format !== 'node') return [shown(data)];
    return data === '' ? [] : data.split('/').toSorted().map(shown);
  });
}

/** As deep as they stand; a document of its own is printed whole. */
function listed(results: readonly OperationResult[]): readonly string[] {
  const [first] = results;
  const top = first === undefined ? 0 : depthOf(first);
  return results.map((result) => {
    const { uri, format, data, type } = result;
    if (uri === null || /dmtnds/i.test(type)) return printableLines(data);
    const name = uri === '.' ? '.' : uri.slice(uri.lastIndexOf('/') + 1);
    const value = format === 'node' ? '/' : data === '' ? '' : ` = ${shown(data)}`;
    return `${'  '.repeat(Math.max(0, depthOf(result) - top))}${shown(name)}${value}`;
  });
}

function depthOf({ uri }: OperationResult): number {
  return (uri ?? '.').split('/').length - 1;
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function shown(text: string): string {
  const line = printable(text.slice(0, SHOWN_LENGTH_MAX));
  return text.length > SHOWN_LENGTH_MAX ? `${line}... (${text.length} characters)` : line;
}

/** The octets that one result holds: what `--out` writes. */
export function octetsOf({ format, data, encoding }: OperationResult): Uint8Array {
  const isBase64 = encoding === 'base64' || format === 'b64' || format === 'bin';
  return new Uint8Array(Buffer.from(data, isBase64 ? 'base64' : 'utf8'));
}
