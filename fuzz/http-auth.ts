/**
 * Any text as WWW-Authenticate and as Authorization: challenges and claims, or a ProtocolError; an answer to what could be
 * read is a claim that means the same, and nothing that was made up is ever let in.
 */
import assert from 'node:assert';
import { ProtocolError } from '@ueprov/protocols';
import { AUTH_VALUE_LENGTH_MAX, splitChallenges } from '@ueprov/protocols/digest';
import {
  type HttpAccount,
  HttpGate,
  HttpProver,
  httpSecretOf,
  readHttpAuthorization,
} from '@ueprov/protocols/dm';
import type { FuzzTarget } from './target.ts';

const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const REQUEST = { method: 'POST', target: '/dm' };
const USER = { username: 'ue"1', password: 'secret' };
const GATE = new HttpGate({ realm: 'dm', random });

const TEXTS = [
  'Digest realm="dm", nonce="bm9uY2U=", qop="auth", algorithm=SHA-256, stale=true, opaque="a\\"b"',
  'Digest realm="dm", nonce="n", qop="auth,auth-int", algorithm=MD5, Basic realm="dm", charset="UTF-8"',
  'Negotiate YWJj==, Newauth realm = "apps" ,type=1, NTLM',
  'Basic dWUxOnNlY3JldA==',
  `Digest username="ue1", realm="dm", nonce="n", uri="/dm", response="${'0'.repeat(64)}", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c"`,
];

/** HTTP's own parser hands on no longer one. */
const HEADER_LENGTH_MAX = 2 * AUTH_VALUE_LENGTH_MAX;

function headerOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, HEADER_LENGTH_MAX)).toString('latin1');
}

function decode(bytes: Uint8Array): unknown {
  const text = headerOf(bytes);
  return [readHttpAuthorization(text), attempt(() => splitChallenges(text))];
}

function run(bytes: Uint8Array): void {
  const text = headerOf(bytes);
  for (const challenge of attempt(() => splitChallenges(text)) ?? []) {
    assert(text.includes(challenge), 'a challenge is a part of the value');
    assert.deepEqual(splitChallenges(challenge), [challenge], 'a challenge is one challenge');
  }
  for (const scheme of ['basic', 'digest'] as const) {
    const account: HttpAccount = {
      scheme,
      username: USER.username,
      secret: httpSecretOf(USER.username, 'dm', 'another secret'),
    };
    const verdict = GATE.check(account, { ...REQUEST, authorization: text }, 0);
    assert.equal(verdict.kind, 'challenge', 'something made up is let in');
    const prover = new HttpProver({ scheme, ...USER }, random);
    if (!prover.challenged([text])) continue;
    const answer = prover.authorization(REQUEST) ?? '';
    // RFC 2069 counts no uses: a client may answer it, and our servers do not offer it.
    if (scheme === 'digest' && !answer.includes(', qop=auth, ')) continue;
    const name = readHttpAuthorization(answer)?.username;
    assert.equal(name, USER.username, 'an answer is no claim of the user');
  }
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

export const target: FuzzTarget = {
  name: 'http-auth',
  seeds: TEXTS.map((text) => Buffer.from(text, 'latin1')),
  decode,
  run,
};
