/**
 * Fuzz target `pap`: any octets, taken as a control document or as the multipart body of a push, give a message or a
 * ProtocolError; what was read can be written and read again; every address is one or none.
 */
import assert from 'node:assert';
import { ProtocolError } from '@ueprov/protocols';
import {
  decodePap,
  decodeWapAddress,
  encodePap,
  encodePapDocument,
  encodeWapAddress,
  type PapEntity,
  type PapMessage,
} from '@ueprov/protocols/push';
import type { FuzzTarget } from './target.ts';

const AT = Date.UTC(2008, 8, 1);
const ADDRESS = 'WAPPUSH=alice%40home.example/TYPE=USER@ppg.home.example';
const PUSH: PapMessage = {
  kind: 'push-message',
  'push-id': 'dm-0007@prov.home.example',
  'deliver-before-timestamp': AT,
  'ppg-notify-requested-to': 'http://prov.home.example/notify',
  addresses: [ADDRESS, 'WAPPUSH=+15551230000/TYPE=PLMN'],
  'quality-of-service': { priority: 'high', 'delivery-method': 'unconfirmed' },
};
const CONTENT = {
  headers: [{ name: 'Content-Type', value: 'application/vnd.syncml.notification' }],
  content: Uint8Array.of(0, 1, 2, 0xff),
};
const BOUNDARY = 'b77';
const RELATED = `multipart/related; boundary=${BOUNDARY}`;

const seeds: Uint8Array[] = [
  encodePap({ message: PUSH, content: CONTENT }, BOUNDARY).body,
  encodePapDocument(PUSH),
  encodePapDocument({ kind: 'cancel-message', 'push-id': 'p', addresses: [ADDRESS] }),
  encodePapDocument({
    kind: 'resultnotification-message',
    'push-id': 'p',
    'event-time': AT,
    'message-state': 'delivered',
    code: 1000,
    address: ADDRESS,
  }),
  encodePapDocument({
    kind: 'statusquery-response',
    'push-id': 'p',
    'statusquery-results': [{ 'message-state': 'pending', code: 1000, addresses: [ADDRESS] }],
  }),
];

/** A body that begins like a multipart is taken for one. */
function decode(bytes: Uint8Array): PapEntity | undefined {
  const isMultipart = bytes[0] === 0x2d || bytes[2] === 0x2d;
  return attempt(() => decodePap(isMultipart ? RELATED : 'application/xml', bytes));
}

function run(bytes: Uint8Array): void {
  const entity = decode(bytes);
  if (entity === undefined) return;
  // Made of the whole input: no input holds it by chance.
  const boundary = `again-${bytes.length}-${bytes.reduce((sum, octet) => sum + octet, 0)}`;
  const { contentType, body } = encodePap(entity, boundary);
  const again = attempt(() => decodePap(contentType, body));
  // What was written out may pass a limit that the compact form kept.
  if (again !== undefined) assert.deepEqual(again.message, entity.message);
  const { message } = entity;
  for (const address of 'addresses' in message ? message.addresses : []) {
    const read = attempt(() => decodeWapAddress(address));
    if (read === undefined) continue;
    const { type, address: name } = read;
    const written = attempt(() => decodeWapAddress(encodeWapAddress(read)));
    if (written !== undefined) assert.deepEqual([written.type, written.address], [type, name]);
  }
}

function attempt<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

export const target: FuzzTarget = { name: 'pap', seeds, run, decode };
