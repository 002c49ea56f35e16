/** Row HTP-1: the client's side of the HTTP binding. OMA-SYNCHTTP 4 and 5, RFC 9110. */
import { get } from '../../conformance/draft.ts';
import type { Received } from '../../conformance/received.ts';
import {
  requireEqual,
  requireMatch,
  requireOneOf,
  requireThat,
} from '../../conformance/require.ts';
import type { ClientBench } from '../bench.ts';
import { type ClientCase, inSession } from '../case.ts';

const CLAUSE = 'OMA-SYNCHTTP 5.2';
/** A client waits a little before it tries again. */
const RETRY_MS = 3000;

/** Something about the request that carries package #1. */
function request(
  id: string,
  title: string,
  check: (received: Received, bench: ClientBench) => void,
): ClientCase {
  return {
    id,
    clause: CLAUSE,
    title,
    run: async (bench) => check((await bench.arrive()).last, bench),
  };
}

const REQUEST_CASES: readonly ClientCase[] = [
  request('HTP-1.1', 'messages are POSTed to the path of the server', ({ line }, bench) => {
    const { pathname } = new URL(bench.options.url);
    requireOneOf(line, [`POST ${pathname}`, 'POST *'], 'request line');
  }),
  request(
    'HTP-1.2',
    'Content-Type is that of OMA DM, and right for the body',
    ({ headers, bytes }) => {
      const isXml = bytes[0] === 0x3c;
      requireMatch(
        headers['content-type'],
        isXml ? /^application\/vnd\.syncml(\.dm)?\+xml/ : /^application\/vnd\.syncml(\.dm)?\+wbxml/,
        'Content-Type',
      );
    },
  ),
  request('HTP-1.3', 'Accept names a type of OMA DM', ({ headers }) => {
    requireMatch(headers.accept, /application\/vnd\.syncml(\.dm)?\+(wb)?xml/, 'Accept');
  }),
  request('HTP-1.4', 'Accept-Charset asks for UTF-8', ({ headers }) => {
    requireMatch(headers['accept-charset'], /utf-8/i, 'Accept-Charset');
  }),
  request('HTP-1.5', 'User-Agent is in every request', ({ headers }) => {
    requireMatch(headers['user-agent'], /\S/, 'User-Agent');
  }),
  request('HTP-1.6', 'Host is host and port alone', ({ headers }, bench) => {
    requireEqual(headers.host, new URL(bench.options.url).host, 'Host');
  }),
  request('HTP-1.7', 'a request has Content-Length or is chunked, never both', ({ headers }) => {
    const isBoth =
      headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined;
    const isNone =
      headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
    requireThat(!isBoth && !isNone, 'one of them');
  }),
  request('HTP-1.8', 'Cache-Control forbids storing', ({ headers }) => {
    requireMatch(headers['cache-control'], /no-store|private/, 'Cache-Control');
  }),
];

const ANSWER_CASES: readonly ClientCase[] = [
  inSession('HTP-1.9', 'OMA-SYNCHTTP 4.4', 'an answer in chunks is read', async (session) => {
    const asked = get('./DevInfo/Man');
    await session.reply({ commands: [asked], http: { chunk: 50 } });
    (await session.answer()).require([asked, '200']);
  }),
  inSession(
    'HTP-1.10',
    'OMA-SYNCHTTP 5.1.5',
    'a session outlives its connection',
    async (session) => {
      const asked = get('./DevInfo/Man');
      const before = session.arrival?.connection;
      await session.reply({ commands: [asked], http: { headers: { Connection: 'close' } } });
      (await session.answer()).require([asked, '200']);
      requireThat(session.arrival?.connection !== before, 'another connection');
    },
  ),
  inSession(
    'HTP-1.11',
    'OMA-SYNCHTTP 5.1.5',
    'a message whose answer was lost is sent again as it was',
    async (session) => {
      const before = session.last;
      session.raw({ status: 0, headers: {}, body: new Uint8Array(), cut: true });
      const again = await session.next(RETRY_MS);
      requireEqual(again.message.SyncHdr.MsgID, before.message.SyncHdr.MsgID, 'MsgID');
      requireEqual(Buffer.from(again.bytes).equals(before.bytes), true, 'the same octets');
    },
  ),
  inSession(
    'HTP-1.12',
    'RFC 9110 15.6',
    'HTTP 500 is survived: the client tries again or ends, and serves the next session',
    async (session, bench) => {
      session.raw({ status: 500, headers: {}, body: new Uint8Array() });
      const arrival = await bench.next(RETRY_MS);
      if (arrival === undefined) {
        const SessionID = bench.newSessionID();
        await bench.arrive(SessionID, bench.package0(SessionID));
        return;
      }
      session.resume(arrival);
      await session.finish();
    },
  ),
  inSession(
    'HTP-1.13',
    'OMA-SYNCHTTP 4.1',
    'an answer that is no SyncML is survived',
    async (session, bench) => {
      const body = Buffer.from('<html>sign in</html>');
      session.raw({ status: 200, headers: { 'Content-Type': 'text/html' }, body });
      const arrival = await bench.next(RETRY_MS);
      if (arrival === undefined) {
        const SessionID = bench.newSessionID();
        await bench.arrive(SessionID, bench.package0(SessionID));
        return;
      }
      session.resume(arrival);
      await session.finish();
    },
  ),
];

export const HTP_CASES = [...REQUEST_CASES, ...ANSWER_CASES];
