import { addressOf, decodeUri, request } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { Gruus, publicGruu, TEMPORARY_MAX } from './gruus.ts';
import { Hss } from './hss.ts';
import { SESSIONS_MAX, Services } from './services.ts';
import { seededRandom } from './testing/endpoint.ts';
import { subscriber } from './testing/world.ts';

const ALICE = 'sip:alice@home.example';
const CONTACT = addressOf('sip:alice@127.0.0.1', {
  name: '+sip.instance',
  value: '<urn:uuid:1>',
  quoted: true,
});
const REGISTER = request({
  method: 'REGISTER',
  uri: 'sip:home.example',
  from: `<${ALICE}>`,
  to: `<${ALICE}>`,
  callId: 'c',
  cSeq: 7,
});

test('a public GRUU says who and which device, a temporary one neither, and both lead there', () => {
  const gruus = new Gruus('home.example', seededRandom(1));
  const gruu = gruus.issue(ALICE, REGISTER, CONTACT)!;
  expect(gruu.pub).toBe(publicGruu(ALICE, '<urn:uuid:1>'));
  expect(gruu.temp).not.toContain('alice');
  expect(gruu.firstCseq).toBe(7);
  for (const uri of [gruu.pub, gruu.temp]) {
    expect(gruus.resolve(decodeUri(uri))).toEqual({ identity: ALICE, instance: '<urn:uuid:1>' });
  }
  expect(gruus.issue(ALICE, REGISTER, addressOf(ALICE))).toBeUndefined();
});

test('so many temporary GRUUs are remembered and no more: the oldest goes', () => {
  const gruus = new Gruus('home.example', seededRandom(1));
  const isKnown = (uri: string) => gruus.resolve(decodeUri(uri)) !== undefined;
  const first = gruus.issue(ALICE, REGISTER, CONTACT)!.temp;
  for (let count = 1; count < TEMPORARY_MAX; count++) gruus.issue(ALICE, REGISTER, CONTACT);
  expect(isKnown(first)).toBe(true);
  const last = gruus.issue(ALICE, REGISTER, CONTACT)!.temp;
  expect([isKnown(first), isKnown(last)]).toEqual([false, true]);
});

test('so many requests are with application servers and no more: the oldest is forgotten', () => {
  const set = new Hss([subscriber('alice', { filterCriteria: [] })], []).setOf(ALICE)!;
  const session = { side: 'originating', set, criteria: [] } as const;
  const services = new Services(seededRandom(2));
  const first = services.open(session);
  for (let count = 1; count < SESSIONS_MAX; count++) services.open(session);
  expect(services.of(first)).toBe(session);
  const last = services.open(session);
  expect([services.of(first), services.of(last)]).toEqual([undefined, session]);
});
