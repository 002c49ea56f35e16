import { encodeUtf8 } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { Party } from './account.ts';

const NONCE = Buffer.from('Nonce').toString('base64');
const SECRET = { name: 'Bruce2', secret: 'OhBehave', nonce: NONCE };

test('md5 is the sample of OMA-DMSEC, and is known again', () => {
  const party = new Party(SECRET, 'md5');
  expect(party.cred()?.Data).toBe('Zz6EivR3yeaaENcRN6lpAQ==');
  expect(party.isProvenBy(party.cred()!)).toBe(true);
  expect(party.isProvenBy(party.cred('ohbehave')!)).toBe(false);
});

test('basic is the sample of RepPro 1.2.2', () => {
  expect(new Party(SECRET, 'basic').cred()?.Data).toBe('QnJ1Y2UyOk9oQmVoYXZl');
});

test('hmac is the nested form of OMA-DMSEC 5.4 over the octets of the body', () => {
  const party = new Party(SECRET, 'hmac');
  const body = encodeUtf8("<SyncML xmlns='SYNCML:SYNCML1.2'></SyncML>");
  expect(party.cred()).toBeUndefined();
  expect(party.mac(body)).toBe('algorithm=MD5, username="Bruce2", mac=6AZk96DG6F0jSIaEpbK4Ng==');
  expect(party.isProvenByMac(party.mac(body), body)).toBe(true);
  expect(party.isProvenByMac(party.mac(body), encodeUtf8('x'))).toBe(false);
  expect(party.isProvenByMac(party.mac(body).replace('Bruce2', 'Other'), body)).toBe(false);
});

test('a fresh nonce counts from the challenge on; older ones are kept, four in all', () => {
  const party = new Party(SECRET, 'md5');
  for (const octet of [1, 2, 3, 4]) party.challenge(Uint8Array.of(octet));
  expect(party.nonce).toEqual(Uint8Array.of(4));
  expect(party.nonces).toHaveLength(4);
});
