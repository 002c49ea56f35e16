import { describe, expect, test } from 'vitest';
import type { CommandWish } from '../store/operation-record.ts';
import type { NodeRecord } from '../store/record.ts';
import { accountCommands, isOfAnother } from './own-account.ts';

const touches = (command: CommandWish) => accountCommands([command]).length === 1;

describe('AC-36: what could take our account off a device', () => {
  test.each([
    '.',
    './DMAcc',
    'DMAcc/ours',
    '/DMAcc/ours',
    './DMAcc/ours',
    './DMAcc/ours/ServerID',
    './DMAcc/ours/AppID',
    './DMAcc/ours/AppAddr',
    './DMAcc/ours/AppAddr/1/Addr',
    './DMAcc/ours/AAuthPref',
    './DMAcc/ours/AppAuth/2/AAuthSecret',
    './dmacc/ours',
    './%44MAcc/ours',
    './XX/../DMAcc/ours',
    './DMAcc/ours/%41ppAuth/1',
    './DMAcc/ours?prop=Name',
    './DMAcc/ours%zz',
    './%44MAcc/ours%zz',
  ])('is at %s', (uri) => {
    expect(touches({ kind: 'delete', uri })).toBe(true);
    expect(touches({ kind: 'replace', uri, value: { data: 'x', encoding: 'text' } })).toBe(true);
    expect(touches({ kind: 'copy', uri, source: './A' })).toBe(true);
  });

  test.each([
    './DevInfo/Man',
    './PktcUE/DMAcc',
    './DMAccount/1',
    './DMAcc/ours/Name',
    './DMAcc/ours/Ext/Pktc2',
    './DMAcc/ours?prop=Title',
    './A/../B',
  ])('is not at %s', (uri) => {
    expect(touches({ kind: 'delete', uri })).toBe(false);
  });

  test('is no reading, no adding, and no property but the name', () => {
    const uri = './DMAcc/ours';
    for (const kind of ['get', 'list', 'add', 'exec', 'acl'] as const) {
      expect(touches({ kind, uri })).toBe(false);
    }
    expect(touches({ kind: 'replace', uri, prop: 'Title' })).toBe(false);
    expect(touches({ kind: 'replace', uri, prop: 'Name' })).toBe(true);
  });

  test.each([
    ['./DMAcc/2', 'other.example', true],
    ['./DMAcc/2', 'prov.example', false],
    ['./DMAcc/2', undefined, false],
    // With the account of another goes ours.
    ['./DMAcc', 'other.example', false],
  ])('%s, of which %s is read to be the server: another’s %s', (uri, reported, expected) => {
    const node: NodeRecord = {
      device: 'd1',
      uri: './DMAcc/2/ServerID',
      format: 'chr',
      ...(reported !== undefined && { reported }),
      state: 'unmanaged',
    };
    const [command] = accountCommands([{ kind: 'delete', uri }]);
    expect(command && isOfAnother(command, 'prov.example', [node])).toBe(expected);
  });
});
