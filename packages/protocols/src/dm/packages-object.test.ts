import { describe, expect, test } from 'vitest';
import type { Command, Item } from '../syncml/message.ts';
import { ObjectReader } from './packages-object.ts';

const item = (Data: string, more: Partial<Item> = {}): Item => ({
  Target: { LocURI: './A' },
  Data,
  ...more,
});
const MORE = { MoreData: true } as const;
const sized = (Size: number) => ({ Meta: { Size }, ...MORE });

/** Offers these items in messages of their own; the last word of each is what came of it. */
function read(
  items: readonly Item[],
  { reader = new ObjectReader(100), kind = 'Replace' as 'Replace' | 'Add', isFinal = false } = {},
): readonly (string | number)[] {
  return items.map((each) => {
    const command: Command = { kind, CmdID: '1', Items: [each] };
    reader.arrive(command);
    const offered = reader.offer(command, each, each.Meta ?? {}, isFinal);
    if (offered.kind === 'complete') return String(offered.item.Data);
    return offered.kind === 'refused' ? offered.code : offered.kind;
  });
}

describe('an object in chunks', () => {
  test('is complete with the chunk that has no MoreData [DMPRO 7-2]', () => {
    const chunks = [item('abc', sized(9)), item('def', MORE), item('ghi')];
    expect(read(chunks)).toEqual(['buffered', 'buffered', 'abcdefghi']);
  });

  test('without MoreData is nothing to wait for', () => {
    expect(read([item('abc')])).toEqual(['whole']);
  });

  test('needs its Size in the first chunk: 411 (AC-04)', () => {
    expect(read([item('abc', MORE)])).toEqual([411]);
  });

  test('is taken up to our MaxObjSize, and refused before anything is kept beyond: 416', () => {
    expect(read([item('a', sized(100))])).toEqual(['buffered']);
    expect(read([item('a', sized(101))])).toEqual([416]);
  });

  test('that is longer or shorter than its Size is 424, and is not taken (AC-04)', () => {
    expect(read([item('abc', sized(5)), item('de')])).toEqual(['buffered', 'abcde']);
    expect(read([item('abc', sized(5)), item('d')])).toEqual(['buffered', 424]);
    expect(read([item('abc', sized(5)), item('def')])).toEqual(['buffered', 424]);
    // An endless one ends where its Size does.
    expect(read([item('abc', sized(5)), item('def', MORE), item('x', MORE)])).toEqual([
      'buffered',
      424,
      411,
    ]);
  });

  test('counts bytes, not characters', () => {
    expect(read([item('ä', sized(4)), item('ö')])).toEqual(['buffered', 'äö']);
  });

  test('of octets is joined as octets', () => {
    const reader = new ObjectReader(100);
    const octets = (...bytes: number[]) => ({ Data: Uint8Array.from(bytes) });
    const first = item('', { ...sized(4), ...octets(1, 2) });
    const last = item('', octets(3, 4));
    const command = (each: Item): Command => ({ kind: 'Add', CmdID: '1', Items: [each] });
    reader.offer(command(first), first, { Size: 4 }, false);
    expect(reader.offer(command(last), last, {}, false)).toMatchObject({
      item: { Data: Buffer.from([1, 2, 3, 4]) },
    });
  });

  test('may repeat its Size; another Size begins another object', () => {
    expect(read([item('abc', sized(6)), item('def', { Meta: { Size: 6 } })])).toEqual([
      'buffered',
      'abcdef',
    ]);
    const reader = new ObjectReader(100);
    expect(read([item('abc', sized(6)), item('xy', sized(4)), item('zz')], { reader })).toEqual([
      'buffered',
      'buffered',
      'xyzz',
    ]);
    expect(reader.takeBroken()).toEqual([{ Target: { LocURI: './A' } }]);
  });
});

describe('the end that does not come', () => {
  test.each<[string, Command]>([
    ['another address', { kind: 'Replace', CmdID: '2', Items: [{ Target: { LocURI: './B' } }] }],
    ['another command', { kind: 'Add', CmdID: '2', Items: [{ Target: { LocURI: './A' } }] }],
    ['a command without Items', { kind: 'Sequence', CmdID: '2', commands: [] }],
  ])('by %s is told once, with the address', (_, command) => {
    const reader = new ObjectReader(100);
    read([item('abc', sized(6))], { reader });
    reader.arrive(command);
    expect(reader.takeBroken()).toEqual([{ Target: { LocURI: './A' } }]);
    expect(reader.takeBroken()).toEqual([]);
    expect(read([item('def')], { reader })).toEqual(['whole']);
  });

  test('a Status, and an Alert 1222, do not come between', () => {
    const reader = new ObjectReader(100);
    read([item('abc', sized(6))], { reader });
    reader.arrive({ kind: 'Alert', CmdID: '2', Data: '1222', Items: [] });
    expect(read([item('def')], { reader })).toEqual(['abcdef']);
  });

  test('of a sender that begins again is not told, and the same Size begins anew', () => {
    const reader = new ObjectReader(100);
    read([item('abc', sized(6))], { reader });
    reader.abandon();
    expect(read([item('abc', sized(6)), item('def')], { reader })).toEqual(['buffered', 'abcdef']);
    expect(reader.takeBroken()).toEqual([]);
  });

  test('by Final is told as well; I-7: MoreData with Final is refused', () => {
    const reader = new ObjectReader(100);
    read([item('abc', sized(6))], { reader });
    reader.finish(true);
    expect(reader.takeBroken()).toHaveLength(1);
    expect(read([item('abc', sized(6))], { reader, isFinal: true })).toEqual([413]);
    expect(read([item('def')], { reader })).toEqual(['whole']);
  });
});
