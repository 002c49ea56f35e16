import { expect, test } from 'vitest';
import { acceptsDmPush, PUSH_FEATURE_TAGS } from './feature-tags.ts';
import { decodeNameAddr, encodeNameAddr } from './message/index.ts';

test.each([
  ['"x-wap-application:syncml.dm"', true],
  ['"X-WAP-Application:SyncML.DM"', true],
  ['"syncml.dm"', true],
  ['"<x-wap-application:syncml.dm>"', true],
  ['"mms.ua, x-wap-application:syncml.dm"', true],
  ['syncml.dm', true],
  ['"x-wap-application:syncml.dmx"', false],
  ['"mms.ua,ulp.ua"', false],
  ['""', false],
])('+g.oma.pusheventapp=%s takes DM push: %s [SIPPUSH OTA-6]', (value, expected) => {
  const contact = decodeNameAddr(`<sip:a@192.0.2.7>;+G.oma.pusheventapp=${value}`);
  expect(acceptsDmPush(contact)).toBe(expected);
});

test('a contact without the tag does not say so', () => {
  expect(acceptsDmPush(decodeNameAddr('<sip:a@192.0.2.7>;methods="MESSAGE"'))).toBe(false);
});

test('what the UE writes is what the server looks for [R-6.7-3]', () => {
  const uri = decodeNameAddr('<sip:a@192.0.2.7>').uri;
  const written = encodeNameAddr({ uri, parameters: PUSH_FEATURE_TAGS });
  expect(acceptsDmPush(decodeNameAddr(written))).toBe(true);
});
