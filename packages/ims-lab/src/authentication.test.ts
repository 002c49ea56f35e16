// The S-CSCF's challenges for cards and for stronger passwords; those of Digest MD5 are in registration.test.ts.

import { decodeHex } from '@ueprov/protocols';
import { Card, decodeDigestChallenge, ha1, IND_COUNT } from '@ueprov/protocols/digest';
import { headerOf, headersOf, type SipResponse } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { subscriber, world } from './testing/world.ts';

const K = '465b5ce8b199b49faa5f0a2ee238a6bc';
const OPc = 'cd63cb71954a9f4e48a5994e37a02baf';
const KEY = { K: decodeHex(K), OPc: decodeHex(OPc) };
const { HA1: _HA1, ...WITHOUT_PASSWORD } = subscriber('alice');
const CARD_HOLDER = { ...WITHOUT_PASSWORD, aka: { K, OPc } };

function withCard(card: Card) {
  const all = world({ subscribers: [CARD_HOLDER] });
  all.alice.card = card;
  return all;
}
const statuses = (ue: { readonly responses: readonly SipResponse[] }) =>
  ue.responses.map(({ status }) => status);
const algorithms = (response: SipResponse | undefined) =>
  headersOf(response!, 'WWW-Authenticate').map((each) => decodeDigestChallenge(each).algorithm);

test('a card is challenged by AKAv1-MD5, and registers with RES', () => {
  const { alice, lab } = withCard(new Card(KEY));
  expect(algorithms(alice.registerOnce())).toEqual(['AKAv1-MD5']);
  expect(alice.registerOnce()?.status).toBe(200);
  expect(headerOf(alice.responses.at(-1)!, 'Authentication-Info')).not.toContain('nextnonce');
  expect(lab.sCscf.registrations).toHaveLength(1);
});

test('each REGISTER of a card is challenged anew, with a vector that is fresh', () => {
  const { alice } = withCard(new Card(KEY));
  for (let round = 0; round < IND_COUNT + 2; round++) {
    expect(alice.registerOnce()?.status).toBe(401);
    expect(alice.registerOnce()?.status).toBe(200);
  }
});

test('a card that has counted further is followed after one AUTS', () => {
  const { alice } = withCard(new Card(KEY, Array(IND_COUNT).fill(5000)));
  expect(alice.registerOnce()?.status).toBe(401);
  expect(alice.registerOnce()?.status).toBe(401);
  expect(alice.registerOnce()?.status).toBe(200);
  expect(statuses(alice)).toEqual([401, 401, 200]);
});

test('an AUTS of another card is refused, and moves nothing (AC-28)', () => {
  const { alice } = withCard(new Card(KEY, Array(IND_COUNT).fill(5000)));
  const other = { K: decodeHex('00'.repeat(16)), OPc: KEY.OPc };
  alice.registerOnce();
  const auts = Buffer.alloc(14, 7).toString('base64');
  const nonce = decodeDigestChallenge(headerOf(alice.responses[0]!, 'WWW-Authenticate')!).nonce;
  const value = [
    `Digest username="${alice.IMPI}"`,
    'realm="home.example"',
    `nonce="${nonce}"`,
    'uri="sip:home.example"',
    'response=""',
    'algorithm=AKAv1-MD5',
    `auts="${auts}"`,
  ].join(', ');
  alice.card = new Card(other);
  const request = alice.registerRequest();
  const headers = [
    ...request.headers.filter(({ name }) => name !== 'Authorization'),
    { name: 'Authorization', value },
  ];
  expect(alice.ask({ ...request, headers }, { address: '127.0.0.1', port: 5060 })).toMatchObject({
    status: 403,
    reason: 'Not to be resynchronised',
  });
});

test('a card that answers with another RES is refused', () => {
  const { alice, lab } = withCard(new Card(KEY));
  alice.registerOnce();
  alice.card = undefined;
  expect(alice.registerOnce()?.status).toBe(403);
  expect(lab.sCscf.registrations).toEqual([]);
});

test('a challenge of AKA is good once (AC-28)', () => {
  const { alice, ue } = withCard(new Card(KEY));
  alice.registerOnce();
  const used = alice.registerRequest();
  expect(alice.ask(used, { address: '127.0.0.1', port: 5060 })?.status).toBe(200);
  const authorization = { name: 'Authorization', value: headerOf(used, 'Authorization')! };
  const spy = ue('alice', 6002);
  expect(spy.registerOnce({ headers: [authorization] })?.status).toBe(401);
});

const SHA256 = ha1('alice@home.example', 'home.example', 'secret', 'SHA-256');

test('a subscriber with SHA-256 alone is asked for nothing else, and MD5 does not do (AC-28)', () => {
  const { alice } = world({ subscribers: [{ ...WITHOUT_PASSWORD, HA1SHA256: SHA256 }] });
  const challenged = alice.registerOnce();
  expect(algorithms(challenged)).toEqual(['SHA-256']);
  const weaker = alice.registerRequest();
  const headers = weaker.headers.map(({ name, value }) => ({
    name,
    value: name === 'Authorization' ? value.replace('SHA-256', 'MD5') : value,
  }));
  expect(alice.ask({ ...weaker, headers }, { address: '127.0.0.1', port: 5060 })).toMatchObject({
    status: 400,
    reason: 'Digest SHA-256 with qop=auth wanted',
  });
  expect(alice.registerOnce()?.status).toBe(200);
});

test('of two algorithms the stronger one is offered first (RFC 8760 §2.4)', () => {
  const { alice } = world({ subscribers: [subscriber('alice', { HA1SHA256: SHA256 })] });
  expect(algorithms(alice.registerOnce())).toEqual(['SHA-256', 'MD5']);
  expect(alice.registerOnce()?.status).toBe(200);
});
