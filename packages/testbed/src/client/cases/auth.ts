/** Rows AUT-1 to AUT-4: who proves what to whom. OMA-DMPRO 9, OMA-DMSEC 5. */
import { randomBytes } from 'node:crypto';
import { NotApplicable } from '../../conformance/case.ts';
import { addNode, get } from '../../conformance/draft.ts';
import { commandsOf, headerCode, headerStatusOf } from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import { type ClientBench, SILENCE_MS } from '../bench.ts';
import { type ClientCase, inSession, plotOf } from '../case.ts';
import type { Reply, ServedSession } from '../served-session.ts';

const SEC = 'OMA-DMSEC 5.3';

/** A session as it arrives, the client not yet challenged. */
function onArrival(
  id: string,
  clause: string,
  title: string,
  script: (session: ServedSession, bench: ClientBench) => Promise<void>,
): ClientCase {
  return { id, clause, title, run: async (bench) => script(await bench.arrive(), bench) };
}

const CLIENT_PROOF_CASES: readonly ClientCase[] = [
  onArrival(
    'AUT-1.1',
    SEC,
    'after a challenge the proof is made with its nonce',
    async (session) => {
      await session.challenge();
      requireEqual(session.isProven, true, 'the proof is right');
    },
  ),
  onArrival(
    'AUT-1.2',
    SEC,
    'the nonce of the last session makes the first proof of the next',
    async (session, bench) => {
      await session.authenticate();
      const chal = bench.account.client.challenge(randomBytes(16));
      await session.finish({ chal });
      requireEqual((await bench.arrive()).isProven, true, 'the proof is right');
    },
  ),
  onArrival(
    'AUT-1.3',
    'OMA-DMPRO 9.2',
    'a client that is refused again and again gives up',
    async (session, bench) => {
      for (let count = 0; count < 8; count++) {
        const chal = bench.account.client.challenge(randomBytes(16));
        await session.reply({ code: '401', each: '401', chal, cred: null });
        const arrival = await bench.next(2 * SILENCE_MS);
        if (arrival === undefined) return;
        session.resume(arrival);
      }
      throw new Error('8 proofs were sent after 8 refusals');
    },
  ),
  onArrival(
    'AUT-1.4',
    SEC,
    'with md5 the user stands in the LocName of Source',
    async (session, bench) => {
      await session.authenticate();
      const { LocName } = session.last.message.SyncHdr.Source;
      requireEqual(LocName, bench.account.client.name, 'LocName');
    },
  ),
  onArrival(
    'AUT-1.5',
    SEC,
    'a challenge by a scheme that is not known ends the session, and no secret is told',
    async (session, bench) => {
      const chal = { Meta: { Type: 'syncml:auth-kit', Format: 'b64' } };
      await session.reply({ code: '407', each: '407', chal, cred: null });
      const arrival = await bench.next(SILENCE_MS);
      if (arrival === undefined) return;
      session.resume(arrival);
      const Type = session.last.message.SyncHdr.Cred?.Meta?.Type;
      requireThat(Type !== 'syncml:auth-basic', 'no basic proof');
    },
  ),
  onArrival(
    'AUT-1.6',
    SEC,
    'a client with md5 does not fall back to basic',
    async (session, bench) => {
      const chal = { Meta: { Type: 'syncml:auth-basic', Format: 'b64' } };
      await session.reply({ code: '401', each: '401', chal, cred: null });
      const arrival = await bench.next(SILENCE_MS);
      if (arrival === undefined) return;
      session.resume(arrival);
      const Type = session.last.message.SyncHdr.Cred?.Meta?.Type;
      requireThat(Type !== 'syncml:auth-basic', 'no basic proof');
    },
  ),
  {
    ...onArrival(
      'AUT-1.7',
      'RepPro 1.2.2 Cred',
      'basic is base64 of name and password',
      async (session, bench) => {
        if (bench.account.client.scheme !== 'basic')
          throw new NotApplicable('the account is not basic');
        if (session.last.message.SyncHdr.Cred === undefined) await session.challenge();
        requireEqual(
          session.last.message.SyncHdr.Cred?.Data,
          bench.account.client.cred()?.Data,
          'Cred',
        );
      },
    ),
    setting: 'basic',
  },
  {
    ...onArrival(
      'AUT-1.8',
      'OMA-DMPRO 9.2',
      'a session with basic both ways runs commands',
      async (session, bench) => {
        if (bench.account.client.scheme !== 'basic')
          throw new NotApplicable('the account is not basic');
        await session.authenticate();
        const asked = get('./DevInfo/Man');
        (await session.exchange(asked)).require([asked, '200']);
      },
    ),
    setting: 'basic',
  },
];

/** Commands of a server that did not prove itself as it should. */
async function unproven(session: ServedSession, bench: ClientBench, reply: Reply, codes: string[]) {
  const { node } = plotOf(bench);
  const made = addNode(node);
  await session.reply({ ...reply, commands: [made] });
  const received = await session.next();
  requireOneOf(headerCode(received), codes, 'Status of the SyncHdr');
  requireThat(headerStatusOf(received)?.Chal !== undefined, 'a Chal');
  const status = received.message.SyncBody.commands.find(
    (each) => each.kind === 'Status' && each.Cmd === 'Add',
  );
  requireThat(
    status?.kind === 'Status' && !status.Data.startsWith('2'),
    'no good Status for the command',
  );
  const asked = get(node);
  const answer = await session.exchange(asked);
  answer.require([asked, '404']);
}

const SERVER_PROOF_CASES: readonly ClientCase[] = [
  inSession(
    'AUT-2.1',
    'OMA-DMPRO 9.2.3',
    'a server without proof has no command run: 407 and a challenge',
    async (session, bench) => {
      await unproven(session, bench, { cred: null, mac: null }, ['407', '401']);
    },
  ),
  inSession(
    'AUT-2.2',
    'OMA-DMPRO 9.2.3',
    'a server with a wrong proof has no command run: 401 and a challenge',
    async (session, bench) => {
      const cred = bench.account.server.cred('not the secret');
      await unproven(session, bench, { ...(cred && { cred }) }, ['401']);
    },
  ),
  inSession(
    'AUT-2.3',
    'OMA-DMPRO 9.2.3',
    'a server that proves nothing and asks for nothing is not challenged',
    async (session) => {
      await session.finish({ cred: null, mac: null });
    },
  ),
  inSession('AUT-2.4', SEC, 'a proof with an old nonce is a wrong one', async (session, bench) => {
    const cred = bench.account.server.cred(undefined, Buffer.from('an old nonce 123'));
    await unproven(session, bench, { ...(cred && { cred }) }, ['401']);
  }),
  inSession('AUT-2.5', 'RepPro 1.2.2 §10', 'a right proof answers 212 or 200', async (session) => {
    const { first } = await session.exchange(get('./DevInfo/Man'));
    requireOneOf(headerCode(first), ['212', '200'], 'Status of the SyncHdr');
  }),
  inSession(
    'AUT-2.6',
    SEC,
    'the name of another server is a wrong proof',
    async (session, bench) => {
      const hdr = { Source: { LocURI: bench.options.url, LocName: 'other.example' } };
      await unproven(session, bench, { hdr }, ['401']);
    },
  ),
  inSession(
    'AUT-2.7',
    SEC,
    'a challenge of the client has a nonce that was not used before',
    async (session, bench) => {
      const seen: string[] = [];
      for (const name of ['one', 'two']) {
        const cred = bench.account.server.cred(`not the secret ${name}`);
        await session.reply({ ...(cred && { cred }), commands: [get('./DevInfo/Man')] });
        const nonce = headerStatusOf(await session.next())?.Chal?.Meta.NextNonce;
        seen.push(Buffer.from(nonce ?? []).toString('hex'));
      }
      requireThat(
        seen.every((nonce) => nonce !== ''),
        'a NextNonce in each Chal',
      );
      requireEqual(new Set(seen).size, 2, 'different nonces');
    },
  ),
  {
    id: 'AUT-2.8',
    clause: SEC,
    title: 'the nonce of a challenge that the server has met makes the next Package #0',
    run: async (bench) => {
      bench.needNotification();
      const session = await bench.arrive();
      const cred = bench.account.server.cred('not the secret');
      await session.reply({ ...(cred && { cred }), commands: [get('./DevInfo/Man')] });
      await session.next();
      await session.finish();
      const SessionID = bench.newSessionID();
      await bench.arrive(SessionID, bench.package0(SessionID));
    },
  },
];

const RESEND_CASES: readonly ClientCase[] = [
  onArrival(
    'AUT-4.1',
    'OMA-DMPRO 9.2.2',
    'after a challenge the session goes on: same SessionID, next MsgID',
    async (session) => {
      const { SessionID, MsgID } = session.last.message.SyncHdr;
      const { message } = await session.challenge();
      requireEqual(
        [message.SyncHdr.SessionID, message.SyncHdr.MsgID],
        [SessionID, String(Number(MsgID) + 1)],
        'SessionID and MsgID',
      );
    },
  ),
  onArrival(
    'AUT-4.2',
    'OMA-DMPRO 9.2.2',
    'after a challenge package #1 comes whole again',
    async (session) => {
      const named = (each: ServedSession['last']) => commandsOf(each).map(({ kind }) => kind);
      const before = named(session.last);
      requireEqual(named(await session.challenge()), before, 'the commands');
    },
  ),
  onArrival(
    'AUT-4.3',
    'OMA-DMPRO 9.2.2',
    'the message after a challenge has a Status for our SyncHdr',
    async (session) => {
      const received = await session.challenge();
      const [head] = received.message.SyncBody.commands;
      requireThat(
        head?.kind === 'Status' && head.CmdRef === '0',
        'a Status for the SyncHdr as first command',
      );
    },
  ),
];

/** With hmac, and not otherwise. */
function withHmac(
  id: string,
  title: string,
  script: (session: ServedSession, bench: ClientBench) => Promise<void>,
): ClientCase {
  return {
    id,
    clause: 'OMA-DMSEC 5.4',
    title,
    setting: 'hmac',
    run: async (bench) => {
      if (bench.account.client.scheme !== 'hmac')
        throw new NotApplicable('the account is not hmac');
      await script(await bench.open(), bench);
    },
  };
}

const HMAC_CASES: readonly ClientCase[] = [
  withHmac('AUT-3.1', 'every message has a right x-syncml-hmac and no Cred', async (session) => {
    for (let count = 0; count < 3; count++) {
      await session.exchange(get('./DevInfo/Man'));
      requireEqual(session.isProven, true, 'the mac is right');
      requireEqual(session.last.message.SyncHdr.Cred, undefined, 'Cred');
    }
  }),
  withHmac(
    'AUT-3.2',
    'the Status of a message with a right mac is 200, never 212',
    async (session) => {
      const { first } = await session.exchange(get('./DevInfo/Man'));
      requireEqual(headerCode(first), '200', 'Status of the SyncHdr');
    },
  ),
  withHmac('AUT-3.3', 'every Status of the SyncHdr has a fresh nonce', async (session) => {
    const nonces: string[] = [];
    for (let count = 0; count < 2; count++) {
      const { first } = await session.exchange(get('./DevInfo/Man'));
      const nonce = headerStatusOf(first)?.Chal?.Meta.NextNonce;
      requireThat(nonce !== undefined, 'a NextNonce');
      nonces.push(Buffer.from(nonce).toString('hex'));
    }
    requireEqual(new Set(nonces).size, 2, 'different nonces');
  }),
  withHmac('AUT-3.4', 'a body that was changed on the way is refused', async (session, bench) => {
    const mac = bench.account.server.mac(Buffer.from('another body'));
    await unproven(session, bench, { mac }, ['401', '407']);
  }),
  withHmac('AUT-3.5', 'a message without the header is refused', async (session, bench) => {
    await unproven(session, bench, { mac: null }, ['401', '407']);
  }),
];

export const AUT_CASES = [
  ...CLIENT_PROOF_CASES,
  ...SERVER_PROOF_CASES,
  ...RESEND_CASES,
  ...HMAC_CASES,
];
