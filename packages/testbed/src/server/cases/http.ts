/** Row HTP-1 against a server. OMA-SYNCHTTP 4 and 5. */
import { commandsOf, headerCode } from '../../conformance/received.ts';
import {
  requireEqual,
  requireMatch,
  requireOneOf,
  requireThat,
} from '../../conformance/require.ts';
import type { ServerBench, ServerCase } from '../bench.ts';
import { inSession } from './session.ts';

const XML = {
  'Content-Type': 'application/vnd.syncml.dm+xml',
  Accept: 'application/vnd.syncml.dm+xml',
};

function bare(id: string, title: string, run: (bench: ServerBench) => Promise<void>): ServerCase {
  return { id, clause: 'OMA-SYNCHTTP 5', title, run };
}

export const HTTP_CASES: readonly ServerCase[] = [
  bare('HTP-1.1', 'only POST is served', async (bench) => {
    const { status } = await bench.post({ method: 'GET', headers: XML, body: new Uint8Array() });
    requireOneOf(status, [405, 404, 501], 'HTTP status');
  }),
  inSession(
    'HTP-1.2',
    'OMA-SYNCHTTP 4.1',
    'Content-Type is that of OMA DM, and right for the body',
    async (session) => {
      const { headers, bytes } = session.answer;
      const type =
        bytes[0] === 0x3c
          ? /^application\/vnd\.syncml\.dm\+xml/
          : /^application\/vnd\.syncml\.dm\+wbxml/;
      requireMatch(headers['content-type'], type, 'Content-Type');
    },
  ),
  inSession('HTP-1.3', 'OMA-SYNCHTTP 5.3', 'Cache-Control forbids storing', async (session) => {
    requireMatch(session.answer.headers['cache-control'], /no-store|private/, 'Cache-Control');
  }),
  inSession('HTP-1.4', 'OMA-SYNCHTTP 4.4', 'a request in chunks is read', async (session) => {
    const received = await session.say({ http: { chunk: 100 } });
    requireEqual(headerCode(received).slice(0, 1), '2', 'Status class of the SyncHdr');
  }),
  bare('HTP-1.5', 'a charset that cannot be had answers 406 without SyncML', async (bench) => {
    const session = bench.session();
    const headers = { 'Accept-Charset': 'utf-16, utf-8;q=0' };
    const response = await session.transmit({ commands: session.package1(), http: { headers } });
    requireEqual(response.status, 406, 'HTTP status');
    requireThat(!/syncml/.test(response.headers['content-type'] ?? ''), 'no SyncML');
  }),
  inSession(
    'HTP-1.6',
    'OMA-SYNCHTTP 5.1.5',
    'a session outlives its connection',
    async (session, bench) => {
      bench.reconnect();
      const received = await session.say();
      requireEqual(received.message.SyncHdr.SessionID, session.SessionID, 'SessionID');
      requireEqual(headerCode(received).slice(0, 1), '2', 'Status class of the SyncHdr');
    },
  ),
  inSession(
    'HTP-1.7',
    'OMA-SYNCHTTP 5.1.5',
    'a message that comes again has the same answer, and is not taken twice',
    async (session) => {
      const first = await session.say();
      const again = await session.repeat();
      requireEqual(again.status, 200, 'HTTP status');
      requireEqual(Buffer.from(again.body).equals(first.bytes), true, 'the same octets');
      await session.serve();
    },
  ),
  bare('HTP-1.8', 'another type than that of OMA DM is refused', async (bench) => {
    const { status } = await bench.post({
      headers: { ...XML, 'Content-Type': 'text/plain' },
      body: Buffer.from('kit'),
    });
    requireOneOf(status, [415, 400], 'HTTP status');
  }),
  bare('HTP-1.9', 'what is no SyncML answers 400, and the server goes on', async (bench) => {
    const { status } = await bench.post({ headers: XML, body: Buffer.from('<SyncML><Sync') });
    requireEqual(status, 400, 'HTTP status');
    await bench.open();
  }),
  inSession(
    'HTP-1.10',
    'RFC 9112 6',
    'an answer has Content-Length or is chunked, never both',
    async (session) => {
      const { headers } = session.answer;
      const both = [headers['content-length'], headers['transfer-encoding']].filter(
        (each) => each !== undefined,
      );
      requireEqual(both.length, 1, 'of these headers');
    },
  ),
  bare('HTP-1.11', 'a client that knows no path posts to *', async (bench) => {
    const session = bench.session();
    const response = await session.transmit({ commands: session.package1(), http: { path: '*' } });
    requireEqual(response.status, 200, 'HTTP status');
  }),
  bare('HTP-1.12', 'a failed proof is an HTTP 200', async (bench) => {
    const session = bench.session();
    const response = await session.transmit({
      commands: session.package1(),
      cred: null,
      mac: null,
    });
    requireEqual(response.status, 200, 'HTTP status');
  }),
  bare(
    'HTP-1.13',
    'WBXML is answered to a client that posts XML and accepts WBXML',
    async (bench) => {
      const session = bench.session();
      const headers = { Accept: 'application/vnd.syncml.dm+wbxml' };
      const response = await session.transmit({
        encoding: 'xml',
        commands: session.package1(),
        http: { headers },
      });
      requireEqual(session.take(response).encoding, 'wbxml', 'encoding of the answer');
    },
  ),
  inSession(
    'HTP-1.14',
    'OMA-SYNCHTTP 5.1.5',
    'a MsgID that was used for another message is refused',
    async (session) => {
      await session.say();
      const asked = commandsOf(session.answer).length;
      const response = await session.transmit({ hdr: { MsgID: '1' }, answers: [], each: '200' });
      if (response.status !== 200) return;
      const received = session.take(response);
      requireThat(commandsOf(received).length === 0 || asked === 0, 'no further command');
    },
  ),
];
