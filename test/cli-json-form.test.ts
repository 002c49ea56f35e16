import type { SyncML } from '@ueprov/protocols/syncml';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetMessage, textMessage } from '../fuzz/messages.ts';
import { decodeJsonForm, encodeJsonForm } from '../packages/cli/src/syncml/json-form.ts';

const plain = (value: unknown) => JSON.parse(encodeJsonForm(value));

test('what is printed is read again as the same message', () => {
  for (const messages of [textMessage, octetMessage]) {
    fc.assert(
      fc.property(messages, (message: SyncML) => {
        const { notes: _, ...expected } = message;
        expect(plain(decodeJsonForm(plain(message)))).toEqual(plain(expected));
      }),
      { seed: 3, numRuns: 300 },
    );
  }
});
