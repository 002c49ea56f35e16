import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { credentialOf } from './auth.ts';
import {
  checkHmac,
  decodeHmacHeader,
  encodeHmacHeader,
  HMAC_HEADER_LENGTH_MAX,
  type HmacCredential,
} from './auth-hmac.ts';

const BODY = encodeUtf8("<SyncML xmlns='SYNCML:SYNCML1.2'></SyncML>");
const BRUCE = credentialOf('hmac', 'Bruce2', 'OhBehave', encodeUtf8('Nonce')) as HmacCredential;
const MAC = '6AZk96DG6F0jSIaEpbK4Ng==';
const SOURCE = { Source: { LocURI: 'IMEI:1', LocName: 'Bruce2' } };
const check = (header: string | undefined, body = BODY, hdr = SOURCE) =>
  checkHmac(BRUCE, hdr, { body, header });

describe('x-syncml-hmac', () => {
  test('I-6: algorithm and mac without quotes, the username within', () => {
    const header = `algorithm=MD5, username="Bruce2", mac=${MAC}`;
    expect(encodeHmacHeader(BRUCE, BODY)).toBe(header);
    expect(check(header)).toBe('ok');
  });

  test.each([
    ['as AOSP writes it', `algorithm=MD5,username="Bruce2",mac=${MAC}`],
    ['in another order, algorithm left out', `mac=${MAC}, username="Bruce2"`],
    ['folded', `username="Bruce2",\r\n  mac=${MAC}`],
    [
      'without padding, as the sample of OMA-DMSEC',
      `username="Bruce2", mac=${MAC.replace(/=/g, '')}`,
    ],
    ['all in quotes', `algorithm="MD5", username="Bruce2", mac="${MAC}"`],
  ])('is read %s', (_, header) => {
    expect(check(header)).toBe('ok');
  });

  test('a username with quotes and a comma comes back', () => {
    const named = { ...BRUCE, name: 'a "b", c\\' };
    expect(decodeHmacHeader(encodeHmacHeader(named, BODY)).username).toBe('a "b", c\\');
  });

  test.each([
    ['no mac', 'algorithm=MD5, username="Bruce2"'],
    ['no username', `mac=${MAC}`],
    ['another algorithm', `algorithm=SHA, username="Bruce2", mac=${MAC}`],
    ['RFC 2104 in place of the formula', 'username="Bruce2", mac=gSVT0ww+LdOVoILKTyw+5w=='],
    ['a mac that is too short', 'username="Bruce2", mac=6AZk96A='],
    ['a mac that is no base64', 'username="Bruce2", mac=!!!!'],
    ['no list', 'Bruce2'],
    ['nothing', ''],
  ])('with %s is wrong', (_, header) => {
    expect(check(header)).toBe('wrong');
  });

  test('is read up to its limit, and not beyond', () => {
    const padded = (length: number) => {
      const start = `username="Bruce2", mac=${MAC}, x=`;
      return start + 'y'.repeat(length - start.length);
    };
    expect(check(padded(HMAC_HEADER_LENGTH_MAX))).toBe('ok');
    expect(() => decodeHmacHeader(padded(HMAC_HEADER_LENGTH_MAX + 1))).toThrow(ProtocolError);
  });

  test('is missing where there is none, and wrong over another body or name', () => {
    const header = encodeHmacHeader(BRUCE, BODY);
    expect(check(undefined)).toBe('missing');
    expect(checkHmac(BRUCE, SOURCE, undefined)).toBe('missing');
    expect(check(header, encodeUtf8('<SyncML/>'))).toBe('wrong');
    expect(check(header, BODY, { Source: { LocURI: 'IMEI:1', LocName: 'other' } })).toBe('wrong');
    expect(check(encodeHmacHeader({ ...BRUCE, name: 'Bruce3' }, BODY))).toBe('wrong');
  });
});
