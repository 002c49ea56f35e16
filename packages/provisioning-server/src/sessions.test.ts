import type { SyncHdr } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { Conversation } from './conversation.ts';
import { DmSession } from './session.ts';
import { CLAIMED_BYTES_MAX, nameOf, OVER_MAX, Sessions } from './sessions.ts';
import { DM_URL, SERVER_ID } from './testing/dm-device.ts';

const hdr = (SessionID: string): SyncHdr => ({
  VerDTD: '1.2',
  VerProto: 'DM/1.2',
  SessionID,
  MsgID: '2',
  Target: { LocURI: DM_URL },
  Source: { LocURI: 'urn:x:1' },
});
const NONE = new Uint8Array();
const at = (address: string, token?: string) => ({ address, token });

function conversation(SessionID: string, token: string, heardAt = 0): Conversation {
  const session = new DmSession({
    id: token,
    SessionID,
    DevId: 'urn:x:1',
    ServerID: SERVER_ID,
    url: DM_URL,
    RespURI: DM_URL,
    device: undefined,
    decoyScheme: 'md5',
    encoding: 'wbxml',
    MaxMsgSize: 65_536,
    MaxObjSize: 65_536,
    random: (length) => new Uint8Array(length),
    startedAt: heardAt,
  });
  return new Conversation(token, nameOf(hdr(SessionID), 'home'), session, heardAt);
}

test('a session is found by its token from anywhere, and by its names at its own address only', () => {
  const sessions = new Sessions();
  const kept = conversation('A', 'token');
  sessions.keep(kept);
  expect(sessions.find(hdr('A'), at('away', 'token'), NONE)).toEqual([kept]);
  expect(sessions.find(hdr('A'), at('home'), NONE)).toEqual([kept]);
  expect(sessions.find(hdr('A'), at('away'), NONE)).toEqual([]);
  expect(sessions.find(hdr('B'), at('away', 'token'), NONE)).toEqual([]);
});

test('once its peer has followed RespURI, names find it no more', () => {
  const sessions = new Sessions();
  const kept = conversation('A', 'token');
  kept.isBound = true;
  sessions.keep(kept);
  expect(sessions.find(hdr('A'), at('home'), NONE)).toEqual([]);
  expect(sessions.find(hdr('A'), at('home', 'token'), NONE)).toEqual([kept]);
});

test('beside an open session a claimant is found by the Cred that it has to bring', () => {
  const sessions = new Sessions();
  const [open, claim] = [conversation('A', 'one'), conversation('A', 'two')];
  open.standing = 'open';
  sessions.keep(open);
  sessions.keep(claim);
  expect(sessions.find(hdr('A'), at('home'), NONE)[0]).toBe(open);
  const Cred = { Meta: {}, Data: '' };
  expect(sessions.find({ ...hdr('A'), Cred }, at('home'), NONE)[0]).toBe(claim);
});

test('the one that was silent for the longest time is due first, whatever it stands as', () => {
  const sessions = new Sessions();
  const [first, second] = [conversation('A', 'one', 1000), conversation('B', 'two', 2000)];
  first.standing = 'open';
  sessions.keep(second);
  sessions.keep(first);
  expect(sessions.deadline).toBe(61_000);
  expect(sessions.overdue(60_999)).toEqual([]);
  expect(sessions.overdue(61_000)).toEqual([first]);
  expect(sessions.deadline).toBe(62_000);
});

test('AC-14: what unproven peers make us keep has an end; the oldest goes', () => {
  const sessions = new Sessions();
  const big = (token: string) => {
    const claim = conversation(token, token);
    const raw = new Uint8Array(CLAIMED_BYTES_MAX / 4);
    const at = { session: token, seq: 1, at: 0, protocol: 'HTTP', from: 'UE' } as const;
    claim.unstored = [{ kind: 'message', message: { ...at, to: 'DM server', label: '', raw } }];
    return claim;
  };
  for (const token of ['1', '2', '3', '4']) sessions.keep(big(token));
  expect(sessions.size.claim).toBe(4);
  sessions.keep(big('5'));
  expect(sessions.size.claim).toBe(4);
  expect(sessions.find(hdr('1'), at('away', '1'), NONE)).toEqual([]);
});

test('what is over makes room for what is open, and is forgotten in its turn', () => {
  const sessions = new Sessions();
  for (let index = 0; index <= OVER_MAX; index++) {
    const ended = conversation(String(index), `token-${index}`);
    ended.end();
    sessions.keep(ended);
  }
  expect(sessions.size).toEqual({ claim: 0, open: 0, over: OVER_MAX });
  expect(sessions.isFull).toBe(false);
});
