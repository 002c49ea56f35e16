import { expect, test } from 'vitest';
import { ANSWER_COUNT_MAX, DnsClient, TTL_MAX } from './dns-client.ts';
import { type Answer, isName, NAME_LENGTH_MAX, RECORD_COUNT_MAX } from './record.ts';

const QUESTION = { type: 'A', name: 'pcscf.home.example' } as const;
const ADDRESS: Answer<'A'> = { kind: 'records', records: ['192.0.2.1'], ttl: 300 };
const ask = (key = 'k', question = QUESTION as { type: 'A'; name: string }) =>
  ({ kind: 'ask', question, key }) as const;
const answered = (answer: Answer, question = QUESTION as { type: 'A'; name: string }) =>
  ({ kind: 'answered', question, answer }) as const;

function knowing(answer: Answer): DnsClient {
  const client = new DnsClient();
  client.step(ask(), 0);
  client.step(answered(answer), 0);
  return client;
}

test('a question is put once, and everybody who asks it has the answer', () => {
  const client = new DnsClient();
  expect(client.step(ask('a'), 0)).toEqual([{ kind: 'query', question: QUESTION }]);
  expect(client.step(ask('b', { type: 'A', name: 'PCSCF.home.example' }), 0)).toEqual([]);
  expect(client.step(answered(ADDRESS), 5)).toEqual([
    { kind: 'answer', key: 'a', question: QUESTION, answer: ADDRESS },
    { kind: 'answer', key: 'b', question: QUESTION, answer: ADDRESS },
  ]);
});

test.each([
  ['records', ADDRESS],
  ['that there are none', { kind: 'none', ttl: 300 } as const],
])('the answer holds for its lifetime: %s', (_, answer) => {
  const client = knowing(answer);
  expect(client.step(ask(), 299_999)).toMatchObject([{ kind: 'answer', answer }]);
  expect(client.step(ask(), 300_000)).toMatchObject([{ kind: 'query' }]);
});

test.each([
  ['of lifetime 0 (AC-30)', { ...ADDRESS, ttl: 0 }],
  ['that is none', { kind: 'failed', reason: 'timeout' } as const],
])('an answer %s serves who waits for it, and nobody later', (_, answer) => {
  const client = new DnsClient();
  client.step(ask(), 0);
  expect(client.step(answered(answer), 0)).toMatchObject([{ kind: 'answer', answer }]);
  expect(client.step(ask(), 0)).toMatchObject([{ kind: 'query' }]);
});

test('a lifetime of years is a day (AC-30)', () => {
  const client = knowing({ ...ADDRESS, ttl: 2 ** 31 });
  expect(client.step(ask(), TTL_MAX * 1000 - 1)).toMatchObject([{ kind: 'answer' }]);
  expect(client.step(ask(), TTL_MAX * 1000)).toMatchObject([{ kind: 'query' }]);
});

test('of 500 records those behind the limit are not looked at (AC-30)', () => {
  const count = (length: number) => {
    const client = new DnsClient();
    client.step(ask(), 0);
    const records = Array.from({ length }, (_, index) => `192.0.2.${index}`);
    const [effect] = client.step(answered({ kind: 'records', records, ttl: 1 }), 0);
    if (effect?.kind !== 'answer' || effect.answer.kind !== 'records') return undefined;
    return effect.answer.records.length;
  };
  expect(count(RECORD_COUNT_MAX)).toBe(RECORD_COUNT_MAX);
  expect(count(RECORD_COUNT_MAX + 1)).toBe(RECORD_COUNT_MAX);
});

test('so many answers are kept, then the oldest goes', () => {
  const client = knowing(ADDRESS);
  const name = (index: number) => ({ type: 'A', name: `h${index}.example` }) as const;
  const learn = (index: number) => {
    client.step(ask('k', name(index)), 0);
    client.step(answered(ADDRESS, name(index)), 0);
  };
  for (let index = 1; index < ANSWER_COUNT_MAX; index++) learn(index);
  expect(client.step(ask(), 1)).toMatchObject([{ kind: 'answer' }]);
  learn(ANSWER_COUNT_MAX);
  expect(client.step(ask(), 1)).toMatchObject([{ kind: 'query' }]);
});

test('an answer that nobody has asked for reaches nobody, and is not kept (AC-30)', () => {
  const client = new DnsClient();
  expect(client.step(answered(ADDRESS), 0)).toEqual([]);
  expect(client.step(ask(), 0)).toMatchObject([{ kind: 'query' }]);
});

test.each([
  ['pcscf.home.example', true],
  ['_sip._udp.home.example', true],
  [`${'a'.repeat(63)}.example`, true],
  [`${'a'.repeat(64)}.example`, false],
  ['', false],
  ['a..b', false],
  ['-a.example', false],
  ['a b.example', false],
  ['a\0.example', false],
])('%j may be asked for: %s', (name, isOne) => {
  expect(isName(name)).toBe(isOne);
});

test('a name has an end', () => {
  const long = (length: number) => 'a.'.repeat(length).slice(0, length);
  expect(isName(long(NAME_LENGTH_MAX))).toBe(true);
  expect(isName(`${long(NAME_LENGTH_MAX - 1)}bb`)).toBe(false);
});
