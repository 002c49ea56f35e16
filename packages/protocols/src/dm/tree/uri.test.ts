import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../error.ts';
import {
  formatUri,
  parseUri,
  readUri,
  URI_DEPTH_MAX,
  URI_LENGTH_MAX,
  type UriLimits,
} from './uri.ts';

const LIMITS: UriLimits = { MaxDepth: 3, MaxTotLen: 20, MaxSegLen: 5 };

function status(text: string, limits?: UriLimits): number {
  const read = readUri(text, limits);
  return read.ok ? 200 : read.status;
}

describe('readUri', () => {
  it.each([
    ['.', []],
    ['./A/B', ['A', 'B']],
    ['A/B', ['A', 'B']],
    ['/A/B', ['A', 'B']],
    ["./a-_.!~*'():@&=+$,/%2F", ["a-_.!~*'():@&=+$,", '%2F']],
    ['./__proto__/constructor', ['__proto__', 'constructor']],
  ])('%s is an address [TND 6.1-1]', (text, segments) => {
    expect(parseUri(text).segments).toEqual(segments);
  });

  it.each([
    '',
    './',
    './.',
    './A/',
    './A//B',
    '//A',
    '././A',
    '..',
    './A/../B',
    './A/.',
    './A%2',
    './A%zz',
    './A B',
    './A\u0000',
    './A\n',
    './\u202eA',
    './Ä',
    './A?',
    './A?x=1',
    './A?Prop=ACL',
    './A#b',
    './A\\B',
  ])('%j is no address: 400 [TND 6.1-2]', (text) => {
    expect(status(text)).toBe(400);
  });

  it('reads the property and the list query', () => {
    expect(parseUri('./A?prop=ACL')).toEqual({ segments: ['A'], prop: 'ACL' });
    expect(parseUri('.?prop=Name')).toEqual({ segments: [], prop: 'Name' });
    expect(parseUri('./A?list=TNDS+Value')).toEqual({ segments: ['A'], list: 'TNDS+Value' });
  });

  it('an unknown property is 406 [TND 7.1-4]', () => {
    expect(status('./A?prop=Colour')).toBe(406);
    expect(status('./A?prop=acl')).toBe(406);
    expect(status('./A?prop=constructor')).toBe(406);
  });

  it('each limit of DevDetail holds at its value and answers 414 one past it', () => {
    expect(status('./a/b/c', LIMITS)).toBe(200);
    expect(status('./a/b/c/d', LIMITS)).toBe(414);
    expect(status('./abcde', LIMITS)).toBe(200);
    expect(status('./abcdef', LIMITS)).toBe(414);
    expect(status('./abcde/abcd?prop=ACL', LIMITS)).toBe(200);
    expect(status('./abcde/abcde?prop=ACL', LIMITS)).toBe(200);
    expect(status('./abcde/abcde?prop=Name', LIMITS)).toBe(414);
  });

  it('is bounded where DevDetail sets no limit', () => {
    expect(status(`./${'a'.repeat(URI_LENGTH_MAX)}`)).toBe(200);
    expect(status(`./${'a'.repeat(URI_LENGTH_MAX + 1)}`)).toBe(414);
    expect(status(Array(URI_DEPTH_MAX).fill('a').join('/'))).toBe(200);
    expect(
      status(
        Array(URI_DEPTH_MAX + 1)
          .fill('a')
          .join('/'),
      ),
    ).toBe(414);
  });
});

it('formatUri writes the full device URI', () => {
  for (const text of ['.', './A', './A/B?prop=Title', '.?prop=ACL', './A?list=Struct']) {
    expect(formatUri(parseUri(text))).toBe(text);
  }
});

it('parseUri throws a ProtocolError with the address', () => {
  const parse = (): unknown => parseUri('./A/../B');
  expect(parse).toThrow(ProtocolError);
  expect(parse).toThrow(expect.objectContaining({ code: 'TREE_URI', at: { path: './A/../B' } }));
});
