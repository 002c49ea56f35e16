import { describe, expect, test } from 'vitest';
import { addressOf, batchOf, commandsOf } from './command-words.ts';
import { DURATION_MAX_S, durationS } from './duration.ts';

const files: Readonly<Record<string, Uint8Array>> = {
  text: new TextEncoder().encode('ä\n'),
  octets: new Uint8Array([0, 255]),
  control: new Uint8Array([65, 1]),
};
const read = async (file: string) => files[file] ?? new Uint8Array();

describe('an address', () => {
  test.each([
    ['./A/B', './A/B'],
    ['A/B', './A/B'],
    ['/A/B', '/A/B'],
    ['/', '.'],
    ['.', '.'],
    ['./', '.'],
  ])('%s is %s', (typed, address) => {
    expect(addressOf(typed)).toBe(address);
  });

  test.each(['', 'A B', 'A\u0007'])('%j is none', (typed) => {
    expect(() => addressOf(typed)).toThrow('is no address of a node');
  });
});

describe('a value', () => {
  test('goes to the end of the word; of a file its text, or its octets as bin', async () => {
    const words = ['./A=@text', './B=@octets', './C=@control', './D=@@x', './E=a=b', './F='];
    expect(await commandsOf('set', words, {}, read)).toEqual([
      { kind: 'replace', uri: './A', data: 'ä\n' },
      { kind: 'replace', uri: './B', data: 'AP8=', encoding: 'base64', format: 'bin' },
      { kind: 'replace', uri: './C', data: 'QQE=', encoding: 'base64', format: 'bin' },
      { kind: 'replace', uri: './D', data: '@x' },
      { kind: 'replace', uri: './E', data: 'a=b' },
      { kind: 'replace', uri: './F', data: '' },
    ]);
  });

  test('with --format bin a file is octets whatever it holds', async () => {
    expect(await commandsOf('add', ['./A=@text'], { format: 'bin' }, read)).toEqual([
      { kind: 'add', uri: './A', format: 'bin', data: 'w6QK', encoding: 'base64' },
    ]);
  });

  test('is not needed to add or to execute, but to set', async () => {
    expect(await commandsOf('add', ['./A'], { format: 'node' }, read)).toEqual([
      { kind: 'add', uri: './A', format: 'node' },
    ]);
    expect(await commandsOf('exec', ['./A'], {}, read)).toEqual([{ kind: 'exec', uri: './A' }]);
    await expect(commandsOf('set', ['./A'], {}, read)).rejects.toThrow('has no value');
    await expect(commandsOf('set', ['./A=@'], {}, read)).rejects.toThrow('@ wants a file');
  });
});

describe('a batch', () => {
  test('is one command per line; a value may hold blanks', async () => {
    const text =
      '# a comment\n\nset ./A=some text\r\ncopy ./A ./B\n  get ./A ./B\nacl ./A Get=*\nls\t./C\n';
    expect(await batchOf(text, read)).toEqual([
      { kind: 'replace', uri: './A', data: 'some text' },
      { kind: 'copy', source: './A', uri: './B' },
      { kind: 'get', uri: './A' },
      { kind: 'get', uri: './B' },
      { kind: 'acl', uri: './A', data: 'Get=*' },
      { kind: 'list', uri: './C' },
    ]);
  });

  test.each([
    ['move ./A', 'line 1: move is no verb'],
    ['get ./A\ncopy ./A', 'line 2: copy takes two paths'],
    ['set', 'line 1: PATH=VALUE is missing'],
    ['# nothing', 'the file holds no command'],
  ])('%j says the line and what is wrong', async (text, words) => {
    await expect(batchOf(text, read)).rejects.toThrow(words);
  });
});

describe('a duration', () => {
  test.each([
    ['20', 20],
    ['20s', 20],
    ['5m', 300],
    ['2h', 7200],
    ['30d', DURATION_MAX_S],
  ])('%s is %i seconds', (text, seconds) => {
    expect(durationS(text, '--wait')).toBe(seconds);
  });

  test.each(['', '0', '-1', 'ue1', '1.5s', '31d', '2592001'])('%j is none', (text) => {
    expect(() => durationS(text, '--wait')).toThrow('--wait');
  });
});
