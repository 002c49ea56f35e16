/**
 * The torture messages of RFC 4475, each with the verdict of that RFC's text. `valid` means that it
 * is well-formed: what the application then answers (415, 416, 420, 483 ...) stands beside it.
 * Where the RFC lets a parser choose between leniency and 400, ours refuses, except a Date, which
 * nobody here reads.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../error.ts';
import { statusOfError } from '../status.ts';
import { decodeSip } from './decode.ts';
import { encodeSip } from './encode.ts';
import {
  callId,
  contacts,
  cSeq,
  from,
  isContactWildcard,
  maxForwards,
  to,
  vias,
} from './fields.ts';
import { Framer } from './framer.ts';
import { headerOf, listOf } from './headers.ts';
import type { SipRequest } from './message.ts';
import { decodeUri } from './uri.ts';

const ROOT = join(import.meta.dirname, '../../../../..');
const FOLDER = join(process.env.VECTORS ?? join(ROOT, '../shared/vectors'), 'rfc4475');

/** 3.1.1, 3.2, 3.3, 3.4: what parses. */
const VALID = [
  'wsinv', // 3.1.1.1
  'intmeth', // 3.1.1.2
  'esc01', // 3.1.1.3
  'escnull', // 3.1.1.4
  'esc02', // 3.1.1.5
  'lwsdisp', // 3.1.1.6
  'longreq', // 3.1.1.7
  'dblreq', // 3.1.1.8
  'semiuri', // 3.1.1.9
  'transports', // 3.1.1.10
  'mpart01', // 3.1.1.11
  'unreason', // 3.1.1.12
  'noreason', // 3.1.1.13
  'baddate', // 3.1.2.12: may be ignored where Date is not used
  'badbranch', // 3.2.1: may fall back to the transaction matching of RFC 2543
  'unkscm', // 3.3.2: 416
  'novelsc', // 3.3.3: 416
  'unksm2', // 3.3.4: the registrar refuses the To
  'bext01', // 3.3.5: 420
  'invut', // 3.3.6: 415
  'regaut01', // 3.3.7: 401
  'bcast', // 3.3.10: dropped, the Via below is another element's
  'zeromf', // 3.3.11: 483 in a proxy, answered by the end
  'cparam01', // 3.3.12
  'cparam02', // 3.3.13
  'regescrt', // 3.3.14
  'sdp01', // 3.3.15: 406
  'inv2543', // 3.4.1
];

/** What does not parse: the code, and the status if it is a request; a response is dropped. */
const INVALID: Readonly<Record<string, readonly [code: string, status: number | 'dropped']>> = {
  badinv01: ['SIP_PARAMETER', 400], // 3.1.2.1
  clerr: ['SIP_CONTENT_LENGTH', 400], // 3.1.2.2
  ncl: ['SIP_NUMBER', 400], // 3.1.2.3
  scalar02: ['SIP_NUMBER', 400], // 3.1.2.4
  scalarlg: ['SIP_NUMBER', 'dropped'], // 3.1.2.5
  quotbal: ['SIP_NAME_ADDR', 400], // 3.1.2.6
  ltgtruri: ['SIP_URI', 400], // 3.1.2.7
  lwsruri: ['SIP_START_LINE', 400], // 3.1.2.8
  lwsstart: ['SIP_START_LINE', 400], // 3.1.2.9
  trws: ['SIP_START_LINE', 400], // 3.1.2.10
  escruri: ['SIP_URI', 400], // 3.1.2.11
  regbadct: ['SIP_NAME_ADDR', 400], // 3.1.2.13
  badaspec: ['SIP_URI', 400], // 3.1.2.14
  baddn: ['SIP_URI', 400], // 3.1.2.15, with the empty line that the file lacks
  badvers: ['SIP_VERSION', 505], // 3.1.2.16
  mismatch01: ['SIP_CSEQ', 400], // 3.1.2.17
  mismatch02: ['SIP_CSEQ', 400], // 3.1.2.18
  bigcode: ['SIP_STATUS', 'dropped'], // 3.1.2.19
  insuf: ['SIP_MISSING', 400], // 3.3.1
  multi01: ['SIP_DUPLICATE', 400], // 3.3.8
  mcl01: ['SIP_DUPLICATE', 400], // 3.3.9
  test: ['MIME_SYNTAX', 400], // not of the RFC: no version, a line without a colon
};

function read(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, `${name}.dat`)));
}

function readRequest(name: string): SipRequest {
  const message = decodeSip(read(name));
  if (message.kind !== 'request') throw new Error(`${name} is a response`);
  return message;
}

function refusalOf(bytes: Uint8Array): ProtocolError | undefined {
  try {
    decodeSip(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

describe.skipIf(!existsSync(FOLDER))('RFC 4475 [AC-26]', () => {
  test('every file has a verdict', () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(/\.dat$/, ''));
    expect([...VALID, ...Object.keys(INVALID)].sort()).toEqual(files.sort());
  });

  test.each(VALID)('%s is well-formed and survives encode and decode', (name) => {
    const message = decodeSip(read(name));
    const again = decodeSip(encodeSip(message));
    const lengthless = (from: typeof message) =>
      from.headers.filter((header) => header.name !== 'Content-Length');
    expect(lengthless(again)).toEqual(lengthless(message));
    expect(again).toEqual({ ...message, headers: again.headers });
  });

  test.each(Object.entries(INVALID))('%s is refused', (name, [code, status]) => {
    const bytes = name === 'baddn' ? Buffer.concat([read(name), Buffer.from('\r\n')]) : read(name);
    const refusal = refusalOf(bytes);
    expect(refusal?.code).toBe(code);
    const isResponse = Buffer.from(bytes).toString('latin1').startsWith('SIP/');
    expect(isResponse ? 'dropped' : statusOfError(refusal!)).toBe(status);
  });

  test('over a stream each file is the same octet by octet, and nothing but messages comes out', () => {
    for (const name of [...VALID, ...Object.keys(INVALID)]) {
      const bytes = read(name);
      const framer = new Framer();
      const pieces = [...bytes].flatMap((octet) => framer.push(Uint8Array.of(octet)));
      expect(pieces, name).toEqual(new Framer().push(bytes));
      const [first] = pieces;
      if (first?.kind === 'message')
        expect(bytes.subarray(0, first.bytes.length)).toEqual(first.bytes);
    }
  });

  test('over a stream the two requests of dblreq are two', () => {
    const kinds = new Framer().push(read('dblreq')).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'message')).toHaveLength(2);
  });

  test('wsinv: folds, blanks, compact names and leading zeros mean what they should', () => {
    const message = readRequest('wsinv');
    expect(to(message).parameters).toEqual([{ name: 'tag', value: '1918181833n' }]);
    expect(from(message)).toMatchObject({ displayName: 'J Rosenberg \\"' });
    expect(maxForwards(message)).toBe(68);
    expect(cSeq(message)).toEqual({ number: 9, method: 'INVITE' });
    expect(vias(message).map((via) => `${via.transport} ${via.host}`)).toEqual([
      'UDP 192.0.2.2',
      'TCP spindle.example.com',
      'UDP 192.168.255.111',
    ]);
    expect(headerOf(message, 'Subject')).toBe('');
    expect(headerOf(message, 'NewFangledHeader')).toBe(
      'newfangled value continued newfangled value',
    );
    expect(contacts(message)[0]).toMatchObject({
      displayName: 'Quoted string ""',
      parameters: [
        { name: 'newparam', value: 'newvalue' },
        { name: 'secondparam' },
        { name: 'q', value: '0.33' },
      ],
    });
  });

  test('intmeth: every character that a token and a user part may have', () => {
    const message = readRequest('intmeth');
    expect(message.method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
    expect(decodeUri(message.uri)).toMatchObject({
      user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      host: 'example.com',
    });
    expect(to(message).displayName).toBe('BEL:\u0007 NUL:\u0000 DEL:\u007f');
    expect(callId(message)).toBe('intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
  });

  test('esc02: an escape in a header name is no escape', () => {
    const hosts = contacts(readRequest('esc02')).map(({ uri }) => uri.kind === 'sip' && uri.host);
    expect(hosts).toEqual(['host1.example.com', 'host3.example.com']);
  });

  test('longreq: 34 Vias in nine spellings', () => {
    expect(vias(readRequest('longreq'))).toHaveLength(34);
  });

  test('dblreq: the second request in the datagram is cut off', () => {
    expect(readRequest('dblreq')).toMatchObject({ method: 'REGISTER', body: new Uint8Array(0) });
  });

  test('semiuri: a semicolon before the @ belongs to the user', () => {
    const message = readRequest('semiuri');
    expect(decodeUri(message.uri)).toMatchObject({
      user: 'user;par=u%40example.net',
      parameters: [],
    });
    expect(listOf(message, 'Accept')).toHaveLength(6);
  });

  test('cparam01, cparam02: outside brackets a parameter is the header’s, else the URI’s', () => {
    const [outside] = contacts(readRequest('cparam01'));
    const [inside] = contacts(readRequest('cparam02'));
    expect(outside).toMatchObject({
      parameters: [{ name: 'unknownparam' }],
      uri: { parameters: [] },
    });
    expect(inside).toMatchObject({
      parameters: [],
      uri: { parameters: [{ name: 'unknownparam' }] },
    });
  });

  test('mpart01: a binary body is kept octet for octet', () => {
    const message = readRequest('mpart01');
    expect(message.body).toHaveLength(553);
    expect(isContactWildcard(message)).toBe(false);
  });
});
