import { encodePackage0, notificationRequest } from '@ueprov/protocols/push';
import { headerOf, prependHeader } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { serverAccounts } from './account.ts';
import { AnsweredNotifications } from './answered-notifications.ts';
import { bootstrapTree } from './bootstrap.ts';
import { receive } from './receiver.ts';
import { SERVER_ID, sampleConfig } from './testing/sample-config.ts';

const ACCOUNTS = serverAccounts(bootstrapTree(sampleConfig(), 0));

function received(package0: Uint8Array) {
  const message = notificationRequest({
    IMPU: 'sip:alice@home.example',
    from: 'sip:prov@home.example',
    fromTag: '17',
    callId: 'c1',
    cSeq: 1,
    package0,
  });
  const via = 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1';
  return receive(prependHeader(message, 'Via', via), ACCOUNTS, new AnsweredNotifications(), 't1');
}

function package0(hash: string, nonce: Uint8Array) {
  const trigger = { uiMode: 'background', initiator: 'server', ServerID: SERVER_ID } as const;
  return encodePackage0({ ...trigger, SessionID: 7 }, hash, nonce);
}

test('the 200 to a push has neither body nor Contact, whether it is authentic or not [SIPPUSH RFC3428.7-1]', () => {
  const { hash, nonce } = ACCOUNTS[0]!.notification!;
  const good = received(package0(hash, nonce));
  expect(good.wanted).toMatchObject({ kind: 'package0', ServerID: SERVER_ID, SessionID: '7' });
  expect(good.response).toMatchObject({ status: 200, body: new Uint8Array(0) });
  expect(headerOf(good.response, 'Contact')).toBeUndefined();
  const forged = received(package0(hash, Uint8Array.of(9)));
  expect(forged.wanted).toBeUndefined();
  expect(forged.response).toEqual(good.response);
});
