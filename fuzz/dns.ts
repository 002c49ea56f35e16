/**
 * Fuzz target `dns`: any octets, taken as a query to the lab's name server, get one answer or none; what is answered
 * can be read again, has the query's id, and is no query.
 */
import assert from 'node:assert';
import { decode, encode } from 'dns-packet';
import { answerDns, labZone, UDP_BYTES_MAX } from '../packages/ims-lab/src/dns-zone.ts';

const ZONE = labZone('ims.test', [{ address: '192.0.2.1', ports: { udp: 5060, tls: 5061 } }]);

function query(name: string, type: 'NAPTR' | 'SRV' | 'A' | 'AAAA'): Uint8Array {
  return new Uint8Array(
    encode({ type: 'query', id: 0x0102, flags: 0x100, questions: [{ name, type }] }),
  );
}

const seeds: Uint8Array[] = [
  query('ims.test', 'NAPTR'),
  query('_sip._udp.ims.test', 'SRV'),
  query('pcscf1.ims.test', 'A'),
  query('example.com', 'AAAA'),
];

function run(bytes: Uint8Array): void {
  const answer = answerDns(bytes, ZONE, UDP_BYTES_MAX);
  if (answer === undefined) return;
  assert(answer.length <= UDP_BYTES_MAX, 'an answer is longer than UDP carries');
  assert.deepEqual(answer.subarray(0, 2), bytes.subarray(0, 2), 'an answer has another id');
  const read = decode(Buffer.from(answer));
  assert(read.flag_qr, 'an answer is no query');
}

function decodeOnly(bytes: Uint8Array): void {
  answerDns(bytes, ZONE, UDP_BYTES_MAX);
}

export const target = { name: 'dns', seeds, run, decode: decodeOnly };
