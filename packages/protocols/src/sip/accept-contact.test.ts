import { describe, expect, test } from 'vitest';
import {
  ACCEPT_CONTACT_COUNT_MAX,
  decodeAcceptContacts,
  preferredContacts,
  scoreOf,
} from './accept-contact.ts';
import { decodeNameAddr, encodeUri } from './message/index.ts';

const PUSH = '+g.oma.pusheventapp="x-wap-application:syncml.dm"';
const contact = (parameters: string, user = 'a') =>
  decodeNameAddr(`<sip:${user}@192.0.2.7>${parameters === '' ? '' : `;${parameters}`}`);
const score = (contactParameters: string, acceptContact: string) =>
  scoreOf(contact(contactParameters), decodeAcceptContacts(acceptContact));

describe('RFC 3841 §7.2.4', () => {
  // Columns: preferred, required, explicit, both.
  test.each([
    ['it says so', `${PUSH};audio`, 1, 1, 1, 1],
    ['it says otherwise', '+g.oma.pusheventapp="mms.ua"', 0, undefined, 0, undefined],
    ['it says nothing of it', 'audio', 0, 0, 0, undefined],
    ['it says nothing at all: immune', 'expires=60;q=0.5', 0, 0, 0, 0],
  ])('%s [SIPPUSH RFC3841.7.2-1]', (_, parameters, plain, require, explicit, both) => {
    expect(score(parameters, `*;${PUSH}`)).toBe(plain);
    expect(score(parameters, `*;${PUSH};require`)).toBe(require);
    expect(score(parameters, `*;${PUSH};explicit`)).toBe(explicit);
    expect(score(parameters, `*;${PUSH};require;explicit`)).toBe(both);
  });

  test('the score is the part of the features that the contact speaks of', () => {
    expect(score('audio;video', '*;audio;video;methods="INVITE";mobility="fixed"')).toBe(0.5);
  });

  test('several preferences average; one that excludes is enough', () => {
    expect(score('audio', '*;audio, *;video')).toBe(0.5);
    expect(score('audio', '*;audio, *;video;require;explicit')).toBeUndefined();
  });
});

test.each([
  ['methods="INVITE,MESSAGE"', 'methods="message"', 1],
  ['methods="INVITE"', 'methods="MESSAGE"', 0],
  ['mobility="!fixed"', 'mobility="mobile"', 1],
  ['mobility="!fixed"', 'mobility="fixed"', 0],
  ['mobility="mobile"', 'mobility="!fixed"', 1],
  ['audio', 'audio="TRUE"', 1],
  ['audio', 'audio="FALSE"', 0],
  ['+x="<Abc>"', '+x="<Abc>"', 1],
  ['+x="<Abc>"', '+x="<abc>"', 0],
  ['+x="Abc"', '+x="abc"', 1],
  ['priority="#>=5"', 'priority="#=7"', 1],
  ['priority="#<=5"', 'priority="#=7"', 0],
  ['priority="#1:5"', 'priority="#5:9"', 1],
  ['priority="#bad"', 'priority="#5:9"', 0],
])('%s against %s gives %d (RFC 3840 §9) [SIPPUSH RFC3840.9-1]', (offered, wanted, expected) => {
  expect(score(offered, `*;${wanted}`)).toBe(expected);
});

test('contacts come by q, then by score; excluded ones not at all [SIPPUSH RFC3841.7.2-2]', () => {
  const contacts = [
    contact('', 'immune'),
    contact('audio', 'silent'),
    contact(PUSH, 'push'),
    contact(`${PUSH};q=0.1`, 'later'),
  ];
  const order = (preference: string) =>
    preferredContacts(contacts, decodeAcceptContacts(preference)).map(({ uri }) =>
      encodeUri(uri).slice(4, -'@192.0.2.7'.length),
    );
  expect(order(`*;${PUSH}`)).toEqual(['push', 'immune', 'silent', 'later']);
  expect(order(`*;${PUSH};require;explicit`)).toEqual(['push', 'immune', 'later']);
});

test.each(['', 'sip:a@b;audio', '*;', '* audio', '*;+x='])(
  'refused: %j [SIPPUSH RFC3841.9.2-1]',
  (value) => {
    expect(() => decodeAcceptContacts(value)).toThrow(
      expect.objectContaining({ code: 'SIP_PARAMETER' }),
    );
  },
);

test('the number of preferences in one header is bounded', () => {
  const list = (count: number) => Array.from({ length: count }, () => '*;audio').join(',');
  expect(decodeAcceptContacts(list(ACCEPT_CONTACT_COUNT_MAX))).toHaveLength(
    ACCEPT_CONTACT_COUNT_MAX,
  );
  expect(() => decodeAcceptContacts(list(ACCEPT_CONTACT_COUNT_MAX + 1))).toThrow(
    expect.objectContaining({ code: 'SIP_COUNT' }),
  );
});
