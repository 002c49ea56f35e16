/** Rows AUT-1, AUT-3 and AUT-4 against a server. OMA-DMPRO 9, OMA-DMSEC 5, interop finding 9. */
import { randomBytes } from 'node:crypto';
import { Party } from '../../conformance/account.ts';
import { Inconclusive, NotApplicable } from '../../conformance/case.ts';
import {
  commandsOf,
  headerCode,
  headerStatusOf,
  type Received,
  statusesOf,
} from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import type { ServerBench, ServerCase } from '../bench.ts';
import type { DeviceSession, Saying } from '../device-session.ts';
import { inSession } from './session.ts';

const SEC = 'OMA-DMSEC 5.3';

/** The server's answer to a package #1 with a proof of the case's choice. */
async function proveBy(session: DeviceSession, saying: Saying): Promise<Received> {
  return session.say({ commands: session.package1(), ...saying });
}

function wrong(bench: ServerBench, secret = 'not the secret'): Saying {
  const { client } = bench.account;
  if (client.scheme === 'hmac') return { mac: client.mac(randomBytes(8), secret) };
  return { cred: client.cred(secret) ?? null };
}

const BARE: Saying = { cred: null, mac: null };

function nonceOf(received: Received): string {
  const nonce = headerStatusOf(received)?.Chal?.Meta.NextNonce;
  return Buffer.from(nonce ?? []).toString('hex');
}

/** A case that begins with nothing sent. */
function fresh(
  id: string,
  clause: string,
  title: string,
  script: (session: DeviceSession, bench: ServerBench) => Promise<void>,
): ServerCase {
  return { id, clause, title, run: async (bench) => script(bench.session(), bench) };
}

const PROOF_CASES: readonly ServerCase[] = [
  fresh('AUT-1.1', 'OMA-DMPRO 9.2.2', 'no proof answers 407 with a challenge', async (session) => {
    const received = await proveBy(session, BARE);
    requireEqual(headerCode(received), '407', 'Status of the SyncHdr');
    requireThat(headerStatusOf(received)?.Chal?.Meta.Type !== undefined, 'a Chal with its Type');
  }),
  fresh(
    'AUT-1.2',
    'OMA-DMPRO 9.2.2',
    'a wrong proof answers 401 with a challenge',
    async (session, bench) => {
      const received = await proveBy(session, wrong(bench));
      requireEqual(headerCode(received), '401', 'Status of the SyncHdr');
      requireThat(headerStatusOf(received)?.Chal !== undefined, 'a Chal');
    },
  ),
  fresh('AUT-1.3', SEC, 'the challenge has a nonce of at least 8 octets', async (session) => {
    const nonce = nonceOf(await proveBy(session, BARE));
    requireThat(nonce.length >= 16, `${nonce.length / 2} octets`);
  }),
  fresh(
    'AUT-1.4',
    SEC,
    'a proof made with the nonce of the challenge is taken',
    async (session) => {
      await proveBy(session, BARE);
      const received = await session.open();
      requireOneOf(headerCode(received), ['212', '200'], 'Status of the SyncHdr');
    },
  ),
  fresh('AUT-1.5', SEC, 'every challenge has another nonce', async (session, bench) => {
    const nonces = [
      nonceOf(await proveBy(session, BARE)),
      nonceOf(await proveBy(session, wrong(bench))),
    ];
    nonces.push(nonceOf(await proveBy(bench.session(), BARE)));
    requireEqual(new Set(nonces).size, 3, 'different nonces');
  }),
  inSession(
    'AUT-1.6',
    SEC,
    'the nonce of the last session makes the first proof of the next',
    async (session, bench) => {
      await session.serve();
      const received = await proveBy(bench.session(), {});
      requireOneOf(headerCode(received), ['212', '200'], 'Status of the SyncHdr');
    },
  ),
  inSession(
    'AUT-1.7',
    SEC,
    'a proof that was used in an earlier session is a wrong one',
    async (session, bench) => {
      await session.serve();
      const { client } = bench.account;
      const nonce = client.nonce;
      const again = bench.session();
      const cred = client.cred();
      await proveBy(again, { cred: cred ?? null });
      await again.serve();
      if (Buffer.from(client.nonce).equals(nonce))
        throw new Inconclusive('the server renews no nonce');
      const received = await proveBy(bench.session(), { cred: cred ?? null });
      requireEqual(headerCode(received), '401', 'Status of the SyncHdr');
    },
  ),
  fresh(
    'AUT-1.8',
    'interop finding 9',
    'a client that fails again and again is not challenged for ever',
    async (session, bench) => {
      for (let count = 0; count < 10; count++) {
        const response = await session.transmit({
          commands: session.package1(),
          ...wrong(bench),
          answers: [],
        });
        if (response.status !== 200) return;
        const received = session.take(response);
        if (commandsOf(received).some((each) => each.kind === 'Alert' && each.Data === '1223'))
          return;
      }
      requireThat(false, 'an end after 10 wrong proofs');
    },
  ),
  fresh(
    'AUT-1.9',
    'OMA-DMSEC 5',
    'a device that is not known is answered like one that is',
    async (session, bench) => {
      const known = await proveBy(session, wrong(bench));
      const stranger = bench.session();
      const Source = { LocURI: 'urn:uuid:00000000-0000-4000-8000-000000000000', LocName: 'nobody' };
      const unknown = await proveBy(stranger, { ...wrong(bench), hdr: { Source } });
      const shape = ({ message }: Received) =>
        statusesOf({ message }).map(({ Cmd, Data, Chal }) => [Cmd, Data, Chal?.Meta.Type]);
      requireEqual(shape(unknown), shape(known), 'the answer');
    },
  ),
  fresh(
    'AUT-1.10',
    'OMA-DMPRO 9.2',
    'nothing is asked of a client that has not proved itself',
    async (session, bench) => {
      for (const saying of [BARE, wrong(bench)]) {
        const received = await proveBy(session, saying);
        requireEqual(commandsOf(received).length, 0, 'commands');
      }
    },
  ),
  fresh(
    'AUT-1.11',
    'OMA-DMSEC 5.1',
    'basic where md5 is agreed is not taken, right password or not',
    async (session, bench) => {
      const { client, facts } = bench.account;
      if (client.scheme === 'basic') throw new NotApplicable('basic is agreed');
      const cred = new Party(facts.client, 'basic').cred();
      const received = await proveBy(session, { cred: cred ?? null, mac: null });
      requireOneOf(headerCode(received), ['401', '407'], 'Status of the SyncHdr');
    },
  ),
  fresh('AUT-1.12', SEC, 'the name of another user is a wrong proof', async (session, bench) => {
    await proveBy(session, BARE);
    const Source = { LocURI: bench.options.facts.DevId, LocName: 'somebody' };
    const received = await proveBy(session, { hdr: { Source }, answers: [] });
    requireEqual(headerCode(received), '401', 'Status of the SyncHdr');
  }),
  {
    ...inSession(
      'AUT-1.13',
      'RepPro 1.2.2 Cred',
      'basic is taken where it is agreed',
      async (session, bench) => {
        if (bench.account.client.scheme !== 'basic')
          throw new NotApplicable('the account is not basic');
        requireOneOf(headerCode(session.answer), ['212', '200'], 'Status of the SyncHdr');
      },
    ),
    setting: 'basic',
  },
];

const SERVER_CASES: readonly ServerCase[] = [
  inSession('AUT-2.1', SEC, 'the server proves itself with its commands', async (session) => {
    if (commandsOf(session.answer).length === 0)
      throw new Inconclusive('the server asks for nothing');
    requireEqual(session.isServerProven, true, 'the proof is right');
  }),
  inSession(
    'AUT-2.2',
    SEC,
    'a challenged server proves itself with the new nonce',
    async (session, bench) => {
      if (commandsOf(session.answer).length === 0)
        throw new Inconclusive('the server asks for nothing');
      const chal = bench.account.server.challenge(randomBytes(16));
      await session.say({ code: '401', each: '401', chal });
      requireEqual(session.isServerProven, true, 'the proof is right');
    },
  ),
  inSession(
    'AUT-2.3',
    'OMA-DMPRO 9.2.3',
    'a challenged server asks again for what was not done',
    async (session, bench) => {
      const before = commandsOf(session.answer).map(({ kind }) => kind);
      if (before.length === 0) throw new Inconclusive('the server asks for nothing');
      const chal = bench.account.server.challenge(randomBytes(16));
      const received = await session.say({ code: '401', each: '401', chal });
      requireEqual(
        commandsOf(received).map(({ kind }) => kind),
        before,
        'the commands',
      );
    },
  ),
  inSession(
    'AUT-2.4',
    SEC,
    'the nonce that came with 212 makes the proof of the next session',
    async (session, bench) => {
      const chal = bench.account.server.challenge(randomBytes(16));
      await session.say({ code: '212', chal });
      await session.serve();
      const next = await bench.open();
      if (commandsOf(next.answer).length === 0)
        throw new Inconclusive('the server asks for nothing');
      requireEqual(next.isServerProven, true, 'the proof is right');
    },
  ),
  inSession(
    'AUT-2.5',
    'OMA-DMPRO 9.2',
    'a server that is refused again and again gives up',
    async (session, bench) => {
      for (let count = 0; count < 10; count++) {
        const chal = bench.account.server.challenge(randomBytes(16));
        const response = await session.transmit({ code: '401', each: '401', chal });
        if (response.status !== 200) return;
        const received = session.take(response);
        if (commandsOf(received).every(({ kind }) => kind === 'Alert')) return;
      }
      requireThat(false, 'an end after 10 refusals');
    },
  ),
];

const REFUSAL_CASES: readonly ServerCase[] = [
  fresh(
    'AUT-4.1',
    'OMA-DMPRO 9.2.2',
    'a refused message has a failure Status for every command',
    async (session, bench) => {
      const received = await proveBy(session, wrong(bench));
      const named = statusesOf(received).map(({ Cmd }) => Cmd);
      requireEqual(named, ['SyncHdr', 'Alert', 'Replace'], 'Statuses');
      for (const { Data } of statusesOf(received))
        requireThat(!Data.startsWith('2'), `a failure, not ${Data}`);
    },
  ),
  fresh(
    'AUT-4.2',
    'OMA-DMPRO 9.2.2',
    'a refused message is answered with Final',
    async (session) => {
      requireEqual((await proveBy(session, BARE)).message.SyncBody.Final, true, 'Final');
    },
  ),
  fresh(
    'AUT-4.3',
    'OMA-DMPRO 9.2.2',
    'after a challenge the session goes on under its SessionID',
    async (session) => {
      await proveBy(session, BARE);
      const received = await session.open();
      requireEqual(received.message.SyncHdr.SessionID, session.SessionID, 'SessionID');
      await session.serve();
    },
  ),
];

function withHmac(
  id: string,
  title: string,
  script: (session: DeviceSession, bench: ServerBench) => Promise<void>,
): ServerCase {
  return {
    id,
    clause: 'OMA-DMSEC 5.4',
    title,
    setting: 'hmac',
    run: async (bench) => {
      if (bench.account.client.scheme !== 'hmac')
        throw new NotApplicable('the account is not hmac');
      await script(bench.session(), bench);
    },
  };
}

const HMAC_CASES: readonly ServerCase[] = [
  withHmac('AUT-3.1', 'a right mac answers 200 with a fresh nonce, never 212', async (session) => {
    const received = await session.open();
    requireEqual(headerCode(received), '200', 'Status of the SyncHdr');
    requireThat(nonceOf(received) !== '', 'a NextNonce');
  }),
  withHmac(
    'AUT-3.2',
    'every message of the server has a right mac and no Cred',
    async (session) => {
      await session.open();
      await session.serve(({ message }) => {
        requireEqual(session.isServerProven, true, 'the mac is right');
        requireEqual(message.SyncHdr.Cred, undefined, 'Cred');
      });
    },
  ),
  withHmac('AUT-3.3', 'a body that was changed on the way is refused', async (session, bench) => {
    await session.open();
    const received = await session.say({
      mac: bench.account.client.mac(Buffer.from('another body')),
    });
    requireOneOf(headerCode(received), ['401', '407'], 'Status of the SyncHdr');
  }),
  withHmac('AUT-3.4', 'a later message without the header is refused', async (session) => {
    await session.open();
    const received = await session.say({ mac: null });
    requireOneOf(headerCode(received), ['401', '407'], 'Status of the SyncHdr');
  }),
];

export const AUTH_CASES = [...PROOF_CASES, ...SERVER_CASES, ...REFUSAL_CASES, ...HMAC_CASES];
