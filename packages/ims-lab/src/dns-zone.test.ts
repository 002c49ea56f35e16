import { decode, encode, type RecordType } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import {
  ADDITIONAL_COUNT_MAX,
  answerDns,
  labZone,
  QUERY_BYTES_MAX,
  UDP_BYTES_MAX,
  type Zone,
} from './dns-zone.ts';

const ZONE = labZone('ims.test', [
  { address: '192.0.2.1', ports: { udp: 5060, tcp: 5060, tls: 5061 } },
  { address: '2001:db8::2', ports: { udp: 5070 } },
]);
const QUERY = 0;

function query(name: string, type: RecordType, flags = 0x100): Uint8Array {
  return new Uint8Array(encode({ type: 'query', id: 7, flags, questions: [{ name, type }] }));
}

function asked(name: string, type: RecordType, zone: Zone = ZONE) {
  const answer = answerDns(query(name, type), zone, UDP_BYTES_MAX);
  if (answer === undefined) throw new Error('it answers');
  const { id, flags = 0, answers = [], authorities = [] } = decode(Buffer.from(answer));
  expect(id).toBe(7);
  const found = answers.map((each) => ('data' in each ? each.data : undefined));
  return { rcode: flags & 15, found, authorities, isTruncated: (flags & 0x200) !== 0 };
}

describe('the names of a lab', () => {
  test('NAPTR, with TLS before UDP before TCP [R-6.2.2-1]', () => {
    expect(asked('ims.test', 'NAPTR').found).toMatchObject([
      { order: 10, flags: 's', services: 'SIPS+D2T', replacement: '_sips._tcp.ims.test' },
      { order: 20, flags: 's', services: 'SIP+D2U', replacement: '_sip._udp.ims.test' },
      { order: 30, flags: 's', services: 'SIP+D2T', replacement: '_sip._tcp.ims.test' },
    ]);
  });

  test('SRV, the first P-CSCF before the second, and only where it listens', () => {
    expect(asked('_sip._udp.ims.test', 'SRV').found).toMatchObject([
      { priority: 0, port: 5060, target: 'pcscf1.ims.test' },
      { priority: 10, port: 5070, target: 'pcscf2.ims.test' },
    ]);
    expect(asked('_sips._tcp.ims.test', 'SRV').found).toMatchObject([{ port: 5061 }]);
  });

  test('A and AAAA, each of its family; letters of any case', () => {
    expect(asked('PCSCF1.ims.test', 'A').found).toEqual(['192.0.2.1']);
    expect(asked('pcscf1.ims.test', 'AAAA').found).toEqual([]);
    expect(asked('pcscf2.ims.test', 'AAAA').found).toEqual(['2001:db8::2']);
  });
});

describe('what is not there', () => {
  test.each([
    ['a name of the zone that nobody has', 'nobody.ims.test', 3],
    ['a name without such a record', 'pcscf1.ims.test', 0],
    ['a name above others', '_tcp.ims.test', 0],
  ] as const)('%s is said so, with how long that holds (RFC 2308)', (_, name, rcode) => {
    const answer = asked(name, 'TXT');
    expect(answer).toMatchObject({ rcode, found: [] });
    expect(answer.authorities).toMatchObject([{ type: 'SOA', name: 'ims.test' }]);
  });

  test('other zones are refused, also one that ends alike', () => {
    expect(asked('example.com', 'A').rcode).toBe(5);
    expect(asked('evilims.test', 'A').rcode).toBe(5);
  });
});

test('an answer too long for UDP is cut, and says so', () => {
  const records = Array.from({ length: 40 }, (_, index) => {
    return { name: 'many.ims.test', type: 'A', data: `192.0.2.${index}` } as const;
  });
  const zone = { ...ZONE, records };
  expect(asked('many.ims.test', 'A', zone)).toMatchObject({ isTruncated: true, found: [] });
  const whole = answerDns(query('many.ims.test', 'A'), zone, 65_535);
  expect(decode(Buffer.from(whole!)).answers).toHaveLength(40);
});

describe('what is no question', () => {
  const rcodeOf = (bytes: Uint8Array) => {
    const answer = answerDns(bytes, ZONE, UDP_BYTES_MAX);
    return answer === undefined ? undefined : (answer[3] ?? 0) & 15;
  };

  test('a response is never answered, nor is what has no header', () => {
    const response = query('ims.test', 'A');
    response[2] = 0x80;
    expect(rcodeOf(response)).toBeUndefined();
    expect(rcodeOf(new Uint8Array(11))).toBeUndefined();
    expect(rcodeOf(new Uint8Array(0))).toBeUndefined();
  });

  test('another operation is not implemented, no question or two are malformed', () => {
    expect(rcodeOf(query('ims.test', 'A', 0x2800))).toBe(4);
    expect(rcodeOf(new Uint8Array(12))).toBe(1);
    const question = { name: 'ims.test', type: 'A' } as const;
    const two = encode({ type: 'query', id: 7, flags: QUERY, questions: [question, question] });
    expect(rcodeOf(new Uint8Array(two))).toBe(1);
  });

  test('a name that points at itself ends (AC-30)', () => {
    const header = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    expect(rcodeOf(Uint8Array.from([...header, 0xc0, 12, 0, 1, 0, 1]))).toBe(1);
  });

  test('records that are announced and not there cost nothing', () => {
    const announcing = (at: number, count: number) => {
      const bytes = query('ims.test', 'A');
      new DataView(bytes.buffer).setUint16(at, count);
      return rcodeOf(bytes);
    };
    expect(announcing(10, ADDITIONAL_COUNT_MAX + 1)).toBe(1);
    for (const at of [4, 6, 8, 10]) expect(announcing(at, 0xffff)).toBe(1);
    const opt = [0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0];
    const edns = Uint8Array.from([...query('ims.test', 'A'), ...opt]);
    new DataView(edns.buffer).setUint16(10, ADDITIONAL_COUNT_MAX);
    expect(rcodeOf(edns)).toBe(0);
  });

  test('a query is bounded', () => {
    const padded = (length: number) => {
      const bytes = new Uint8Array(length);
      bytes.set(query('ims.test', 'NAPTR'));
      return bytes;
    };
    expect(rcodeOf(padded(QUERY_BYTES_MAX))).toBe(0);
    expect(rcodeOf(padded(QUERY_BYTES_MAX + 1))).toBeUndefined();
  });
});
