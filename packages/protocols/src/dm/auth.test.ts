import { describe, expect, test } from 'vitest';
import { decodeBase64, encodeUtf8 } from '../bytes.ts';
import {
  answerChal,
  checkCred,
  credentialOf,
  decoyCredential,
  makeCred,
  withNonce,
} from './auth.ts';

const NONCE = encodeUtf8('Nonce');
const Source = { LocURI: 'IMEI:1', LocName: 'Bruce2' };
const random = (length: number) => new Uint8Array(length).fill(7);

describe('Cred', () => {
  test('basic is base64 of name and secret (RepPro 1.2.2 sample)', () => {
    const cred = makeCred(credentialOf('basic', 'Bruce2', 'OhBehave'));
    expect(cred).toEqual({
      Meta: { Format: 'b64', Type: 'syncml:auth-basic' },
      Data: 'QnJ1Y2UyOk9oQmVoYXZl',
    });
  });

  test('md5 is the OMA-DMSEC sample, and the secret is not kept', () => {
    const credential = credentialOf('md5', 'Bruce2', 'OhBehave', NONCE);
    expect(JSON.stringify(credential)).not.toContain('OhBehave');
    expect(credential).toMatchObject({ hash: 'PtEdr8lBQ45IbT1bZIkrOQ==' });
    expect(makeCred(credential)?.Data).toBe('Zz6EivR3yeaaENcRN6lpAQ==');
  });

  test('a nonce is hashed as octets, not as its base64 text [DMSEC 5.1-2]', () => {
    const nonce = decodeBase64('LG3iZQhhdmKNHg==');
    const cred = makeCred(credentialOf('md5', 'Bruce2', 'OhBehave', nonce));
    expect(cred?.Data).toBe('LAK2i25Fh0nxxGGaAzRRpg==');
  });

  test('hmac is never in Cred', () => {
    expect(makeCred(credentialOf('hmac', 'Bruce2', 'OhBehave', NONCE))).toBeUndefined();
  });
});

describe('checkCred', () => {
  const md5 = credentialOf('md5', 'Bruce2', 'OhBehave', NONCE);

  test('right, missing, wrong secret, stale nonce', () => {
    expect(checkCred(md5, { Source, Cred: makeCred(md5)! })).toBe('ok');
    expect(checkCred(md5, { Source })).toBe('missing');
    const wrong = credentialOf('md5', 'Bruce2', 'ohbehave', NONCE);
    expect(checkCred(md5, { Source, Cred: makeCred(wrong)! })).toBe('wrong');
    const stale = withNonce(md5, encodeUtf8('older'));
    expect(checkCred(md5, { Source, Cred: makeCred(stale)! })).toBe('wrong');
  });

  test('the 16 octets raw, as WBXML may carry them', () => {
    const raw = decodeBase64('Zz6EivR3yeaaENcRN6lpAQ==');
    const Cred = { Meta: { Type: 'syncml:auth-md5', Format: 'bin' }, Data: raw };
    expect(checkCred(md5, { Source, Cred })).toBe('ok');
  });

  test('another scheme is wrong even if its proof is right (AC-12)', () => {
    const basic = credentialOf('basic', 'Bruce2', 'OhBehave');
    expect(checkCred(md5, { Source, Cred: makeCred(basic)! })).toBe('wrong');
    expect(checkCred(basic, { Source, Cred: makeCred(basic)! })).toBe('ok');
    const mislabelled = { Meta: { Type: 'syncml:auth-basic' }, Data: makeCred(md5)!.Data };
    expect(checkCred(md5, { Source, Cred: mislabelled })).toBe('wrong');
  });

  test('another name is wrong; no name is taken from the proof alone', () => {
    const Cred = makeCred(md5)!;
    expect(checkCred(md5, { Source: { ...Source, LocName: 'Alfred' }, Cred })).toBe('wrong');
    expect(checkCred(md5, { Source: { LocURI: 'IMEI:1' }, Cred })).toBe('ok');
  });

  test('text that is not base64 is wrong, not an error', () => {
    const Cred = { Meta: { Type: 'syncml:auth-md5' }, Data: '§§' };
    expect(checkCred(md5, { Source, Cred })).toBe('wrong');
  });

  test('a decoy is never proven (AC-13)', () => {
    expect(checkCred(decoyCredential(random), { Source, Cred: makeCred(md5)! })).toBe('wrong');
    expect(checkCred(decoyCredential(random), { Source })).toBe('missing');
  });
});

describe('answerChal', () => {
  const chal = (Type: string) => ({ Meta: { Type, Format: 'b64', NextNonce: NONCE } });

  test('takes the nonce, steps up from basic, never down from md5', () => {
    const md5 = credentialOf('md5', 'Bruce2', 'OhBehave');
    const basic = credentialOf('basic', 'Bruce2', 'OhBehave');
    expect(answerChal(md5, chal('syncml:auth-md5'))).toEqual(withNonce(md5, NONCE));
    expect(answerChal(basic, chal('syncml:auth-md5'))).toEqual(withNonce(md5, NONCE));
    expect(answerChal(md5, chal('syncml:auth-basic'))).toBeUndefined();
    expect(answerChal(md5, chal('syncml:auth-x509'))).toBeUndefined();
  });
});
