/** Properties of the SyncML codec over generated messages. */
import {
  type Command,
  type Data,
  decodeSyncML,
  encodeSyncML,
  type Item,
  octetsOf,
  type SyncML,
} from '@ueprov/protocols/syncml';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetMessage, textMessage } from './messages.ts';

const RUNS = { numRuns: 300 };

test('a message read from what was written is the same, in both spellings, without notes', () => {
  fc.assert(
    fc.property(
      textMessage,
      fc.constantFrom('xml' as const, 'wbxml' as const),
      (message, encoding) => {
        expect(decodeSyncML(encodeSyncML(message, encoding))).toEqual(message);
      },
    ),
    RUNS,
  );
});

test('octets come through WBXML as they are', () => {
  fc.assert(
    fc.property(octetMessage, (message) => {
      expect(decodeSyncML(encodeSyncML(message, 'wbxml'))).toEqual(message);
    }),
    RUNS,
  );
});

test('XML and WBXML of one message decode equal, octets by what they stand for', () => {
  fc.assert(
    fc.property(octetMessage, (message) => {
      const fromXml = decodeSyncML(encodeSyncML(message, 'xml'));
      const fromWbxml = decodeSyncML(encodeSyncML(message, 'wbxml'));
      expect(byMeaning(fromXml)).toEqual(byMeaning(fromWbxml));
    }),
    RUNS,
  );
});

test('what was decoded is written to the same octets again', () => {
  fc.assert(
    fc.property(
      textMessage,
      fc.constantFrom('xml' as const, 'wbxml' as const),
      (message, encoding) => {
        const bytes = encodeSyncML(message, encoding);
        expect(encodeSyncML(decodeSyncML(bytes), encoding)).toEqual(bytes);
      },
    ),
    RUNS,
  );
});

/** Data in Format bin or b64 as its octets, in Format bin. */
function byMeaning(message: SyncML): SyncML {
  const { SyncHdr, SyncBody } = message;
  return { SyncHdr, SyncBody: { ...SyncBody, commands: SyncBody.commands.map(commandByMeaning) } };
}

function commandByMeaning(command: Command): Command {
  if (command.kind === 'Unknown') return command;
  if (command.kind === 'Atomic' || command.kind === 'Sequence') {
    return { ...command, commands: command.commands.map(commandByMeaning) };
  }
  return { ...command, Items: command.Items.map(itemByMeaning) } as Command;
}

function itemByMeaning(item: Item): Item {
  const Format = item.Meta?.Format;
  if (item.Data === undefined || (Format !== 'b64' && Format !== 'bin')) return item;
  const Data: Data = new Uint8Array(octetsOf(item.Data, Format));
  return { ...item, Meta: { ...item.Meta, Format: 'bin' }, Data };
}
