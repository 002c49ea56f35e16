import { describe, expect, test } from 'vitest';
import type { Item } from '../syncml/message.ts';
import { COMMANDS_MAX, type Draft, draftSize, draftsSize } from './packages-draft.ts';
import { Outbox } from './packages-outbox.ts';

const NEXT: Draft = { kind: 'Alert', Data: '1222', Items: [] };
const SIZE = draftSize(NEXT);
const STATUS: Draft = {
  kind: 'Status',
  MsgRef: '1',
  CmdRef: '1',
  Cmd: 'Alert',
  TargetRef: [],
  SourceRef: [],
  Data: '200',
  Items: [],
};
const object = (Data: Item['Data'] & (string | Uint8Array), Format = 'chr'): Draft => ({
  kind: 'Results',
  MsgRef: '1',
  CmdRef: '2',
  Items: [{ Source: { LocURI: './A' }, Meta: { Format }, Data }],
});

function filledWith(...drafts: Draft[]): Outbox {
  const outbox = new Outbox();
  outbox.add(drafts);
  return outbox;
}

/** Everything, message by message, none above the limit. */
function messages(outbox: Outbox, limit: number): readonly Item[] {
  const items: Item[] = [];
  while (!outbox.isEmpty) {
    const taken = outbox.take(0, limit);
    expect(draftsSize(taken.map(({ draft }) => draft))).toBeLessThanOrEqual(limit);
    for (const { draft } of taken) if (draft.kind === 'Results') items.push(...draft.Items);
  }
  return items;
}

describe('a message', () => {
  test('is filled to the limit and not beyond, and is never empty', () => {
    const lengths = (limit: number) => filledWith(NEXT, NEXT, NEXT).take(100, limit).length;
    expect(lengths(100 + 3 * SIZE)).toBe(3);
    expect(lengths(100 + 3 * SIZE - 1)).toBe(2);
    expect(lengths(0)).toBe(1);
    expect(new Outbox().take(100, 0)).toEqual([]);
  });

  test('has COMMANDS_MAX commands at most', () => {
    const many = Array<Draft>(COMMANDS_MAX + 1).fill(NEXT);
    expect(filledWith(...many).take(0, 1e9)).toHaveLength(COMMANDS_MAX);
    expect(filledWith(...many.slice(1)).take(0, 1e9)).toHaveLength(COMMANDS_MAX);
  });

  test('has a command before the Status that leaves no room for it, which goes in the next one', () => {
    const status = { ...STATUS, TargetRef: ['./A'.repeat(30)] };
    const outbox = filledWith(status, NEXT);
    const limit = draftSize(status) + SIZE - 1;
    expect(outbox.take(0, limit).map(({ draft }) => draft)).toEqual([NEXT]);
    expect(outbox.take(0, limit).map(({ draft }) => draft)).toEqual([status]);
  });

  test('that was not accepted is sent again, and what stood after it after it', () => {
    const outbox = filledWith(NEXT, NEXT, NEXT);
    outbox.take(0, 2 * SIZE);
    outbox.rewind();
    expect(outbox.take(0, 1e9)).toHaveLength(3);
    outbox.settle();
    outbox.rewind();
    expect(outbox.isEmpty).toBe(true);
  });
});

describe('an object', () => {
  test.each([
    ['text', 'abcdefghij'.repeat(100)],
    ['marks that are escaped', '<&>"'.repeat(250)],
    ['characters of several bytes', 'ä€𐍈x'.repeat(150)],
  ])('of %s goes over in chunks that make it whole again', (_, Data) => {
    const items = messages(filledWith(object(Data)), 600);
    expect(items.length).toBeGreaterThan(2);
    expect(items.map((item) => item.Data).join('')).toBe(Data);
    expect(items.map(({ MoreData }) => MoreData === true)).toEqual([
      ...Array(items.length - 1).fill(true),
      false,
    ]);
    // OMA-DMPRO 7: Size in the first chunk and only there; Meta and address in all.
    expect(items.map(({ Meta }) => Meta?.Size)).toEqual([
      Buffer.byteLength(Data),
      ...Array(items.length - 1).fill(undefined),
    ]);
    for (const item of items) {
      expect(item).toMatchObject({ Source: { LocURI: './A' }, Meta: { Format: 'chr' } });
    }
  });

  test('of octets too', () => {
    const Data = Uint8Array.from({ length: 2000 }, (_, index) => index);
    const items = messages(filledWith(object(Data, 'bin')), 700);
    expect(Buffer.concat(items.map((item) => item.Data as Uint8Array))).toEqual(Buffer.from(Data));
    expect(items[0]?.Meta?.Size).toBe(2000);
  });

  test('that fits into a message of its own is never cut, and waits for that message', () => {
    const fits = object('x'.repeat(100));
    const outbox = filledWith(NEXT, fits);
    const limit = draftSize(fits);
    expect(outbox.take(0, limit).map(({ isEnd }) => isEnd)).toEqual([true]);
    expect(outbox.take(0, limit)).toEqual([{ draft: fits, whole: fits, isEnd: true }]);
    expect(messages(filledWith(fits), limit - 1).length).toBeGreaterThan(1);
  });

  test('begins beside other commands, and nothing comes between its chunks but a Status', () => {
    const outbox = filledWith(NEXT, object('x'.repeat(2000)), NEXT);
    const first = outbox.take(0, 700).map(({ draft, isEnd }) => `${draft.kind} ${isEnd}`);
    expect(first).toEqual(['Alert true', 'Results false']);
    outbox.add([NEXT, STATUS]);
    const second = outbox.take(0, 700).map(({ draft, isEnd }) => `${draft.kind} ${isEnd}`);
    expect(second).toEqual(['Status true', 'Results false']);
  });

  test('is begun anew by a message that was not accepted', () => {
    const outbox = filledWith(object('abc'.repeat(500)));
    const [first] = outbox.take(0, 700);
    outbox.rewind();
    expect(outbox.take(0, 700)).toEqual([first]);
  });

  test('that was refused is not gone on with; what was not begun is still sent', () => {
    const outbox = filledWith(object('abc'.repeat(500)), NEXT);
    outbox.take(0, 700);
    outbox.dropObject();
    expect(outbox.take(0, 700).map(({ draft }) => draft)).toEqual([NEXT]);
  });
});
