/** From what was typed to the commands of an operation: paths, `PATH=VALUE`, `@FILE`. */
import { UsageError } from '../exit.ts';

export type Verb = 'ls' | 'get' | 'set' | 'add' | 'rm' | 'exec' | 'acl' | 'copy';

/** As the API takes it. */
export interface WishedCommand {
  readonly kind: 'get' | 'list' | 'replace' | 'add' | 'delete' | 'exec' | 'copy' | 'acl';
  readonly uri: string;
  readonly source?: string;
  readonly prop?: string;
  readonly list?: string;
  readonly format?: string;
  readonly type?: string;
  readonly data?: string;
  readonly encoding?: 'base64';
}

export interface WordOptions {
  readonly prop?: string | undefined;
  readonly list?: string | undefined;
  readonly format?: string | undefined;
  readonly type?: string | undefined;
}

/** Gives the octets of a file; `-` is standard input. */
export type ReadFile = (file: string) => Promise<Uint8Array>;

/** Throws UsageError for words that make no command. */
export async function commandsOf(
  verb: Verb,
  words: readonly string[],
  options: WordOptions,
  read: ReadFile,
): Promise<readonly WishedCommand[]> {
  const { prop, list } = options;
  switch (verb) {
    case 'ls':
      return atLeastOne(words, 'a path').map((path) => ({
        kind: 'list',
        uri: addressOf(path),
        ...(list !== undefined && { list }),
      }));
    case 'get':
      return atLeastOne(words, 'a path').map((path) =>
        list === undefined
          ? { kind: 'get', uri: addressOf(path), ...(prop !== undefined && { prop }) }
          : { kind: 'list', uri: addressOf(path), list },
      );
    case 'rm':
      return atLeastOne(words, 'a path').map((path) => ({ kind: 'delete', uri: addressOf(path) }));
    case 'set':
      return assigned('replace', atLeastOne(words, 'PATH=VALUE'), options, read);
    case 'add':
      return assigned('add', atLeastOne(words, 'PATH or PATH=VALUE'), options, read);
    case 'exec':
      return assigned('exec', atLeastOne(words, 'PATH or PATH=VALUE'), options, read);
    case 'acl': {
      const [path = '', acl, ...more] = atLeastOne(words, 'a path');
      if (more.length > 0) throw new UsageError('acl takes one path and one ACL, in quotes');
      return [{ kind: 'acl', uri: addressOf(path), ...(acl !== undefined && { data: acl }) }];
    }
    case 'copy': {
      const [from, to, ...more] = words;
      if (from === undefined || to === undefined || more.length > 0) {
        throw new UsageError('copy takes two paths: FROM TO');
      }
      return [{ kind: 'copy', source: addressOf(from), uri: addressOf(to) }];
    }
  }
}

/** One command per line, as on the command line: `set ./A/B=some text`. Empty lines and `#` count for nothing. */
export async function batchOf(text: string, read: ReadFile): Promise<readonly WishedCommand[]> {
  const commands: WishedCommand[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    const [, verb = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(words) ?? [];
    if (!isVerb(verb)) {
      throw new UsageError(`line ${index + 1}: ${verb} is no verb: ${VERBS.join(', ')}`);
    }
    try {
      commands.push(...(await commandsOf(verb, wordsOf(verb, rest), {}, read)));
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`line ${index + 1}: ${error.message}`);
      throw error;
    }
  }
  if (commands.length === 0) throw new UsageError('the file holds no command');
  return commands;
}

const VERBS: readonly Verb[] = ['ls', 'get', 'set', 'add', 'rm', 'exec', 'acl', 'copy'];

function isVerb(text: string): text is Verb {
  return VERBS.some((verb) => verb === text);
}

/** A value goes to the end of its line; paths end at a blank. */
function wordsOf(verb: Verb, rest: string): readonly string[] {
  if (rest === '') return [];
  return verb === 'set' || verb === 'add' || verb === 'exec' ? [rest] : rest.split(/\s+/);
}

function atLeastOne(words: readonly string[], what: string): readonly string[] {
  if (words.length === 0) throw new UsageError(`${what} is missing`);
  return words;
}

/** People leave out `./`, and write `/` for the root. */
export function addressOf(path: string): string {
  if (path === '' || /[\s\p{C}]/u.test(path)) {
    throw new UsageError(`${JSON.stringify(path)} is no address of a node: write ./DevInfo/Man`);
  }
  if (path === '/' || path === './') return '.';
  return path.startsWith('.') || path.startsWith('/') ? path : `./${path}`;
}

async function assigned(
  kind: 'replace' | 'add' | 'exec',
  words: readonly string[],
  { prop, format, type }: WordOptions,
  read: ReadFile,
): Promise<readonly WishedCommand[]> {
  const commands: WishedCommand[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 0 && kind === 'replace') {
      throw new UsageError(`${word} has no value: write PATH=VALUE, or PATH=@FILE`);
    }
    const value = equals < 0 ? {} : await wishedValue(word.slice(equals + 1), format, read);
    commands.push({
      kind,
      uri: addressOf(equals < 0 ? word : word.slice(0, equals)),
      ...(prop !== undefined && { prop }),
      ...(format !== undefined && { format }),
      ...(type !== undefined && { type }),
      ...value,
    });
  }
  return commands;
}

type WishedValue = Pick<WishedCommand, 'data' | 'encoding' | 'format'>;

/** `@FILE` is what the file holds, `@@x` is `@x`. Octets that are no text travel as bin. */
async function wishedValue(
  text: string,
  format: string | undefined,
  read: ReadFile,
): Promise<WishedValue> {
  if (!text.startsWith('@')) return { data: text };
  if (text.startsWith('@@')) return { data: text.slice(1) };
  if (text === '@')
    throw new UsageError(
      '@ wants a file: PATH=@FILE, or PATH=@@... for a value that begins with @',
    );
  const octets = await read(text.slice(1));
  const data = format === 'bin' || format === 'b64' ? undefined : asText(octets);
  if (data !== undefined) return { data };
  const base64 = Buffer.from(octets).toString('base64');
  return { data: base64, encoding: 'base64', ...(format === undefined && { format: 'bin' }) };
}

function asText(octets: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot carry these.
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
