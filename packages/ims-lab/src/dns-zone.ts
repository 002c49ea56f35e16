/**
 * The names of the lab: an authoritative answer to each question, octets in and octets out (RFC 1035, RFC 2782, RFC 2915,
 * RFC 3596). No recursion, no transfer. [R-6.2.2-1] Used by shell/dns-server.ts.
 */
import {
  isName,
  type Naptr,
  type RecordsOf,
  type RecordType,
  type Srv,
} from '@ueprov/protocols/dns';
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

export type ZoneRecord = {
  [Type in RecordType]: {
    readonly name: string;
    readonly type: Type;
    readonly data: RecordsOf[Type];
  };
}[RecordType];

export interface Zone {
  /** Every name in it ends so. */
  readonly domain: string;
  readonly records: readonly ZoneRecord[];
  /** Seconds. */
  readonly ttl: number;
}

/** RFC 1035 4.2.1: over UDP; longer answers are cut, and asked for again over TCP. */
export const UDP_BYTES_MAX = 512;
/** A question with one name fits in it many times. */
export const QUERY_BYTES_MAX = 1024;

/** RFC 6891 §6.1.1: one OPT. */
export const ADDITIONAL_COUNT_MAX = 1;

const HEADER_BYTES = 12;
/** RFC 1035 4.1.1. */
const RCODE = { none: 0, format: 1, noName: 3, notImplemented: 4, refused: 5 } as const;
const OPCODE = 0x7800;

/** The answer, or undefined to what is no query. `lengthMax`: of the answer. */
export function answerDns(
  query: Uint8Array,
  zone: Zone,
  lengthMax: number,
): Uint8Array | undefined {
  const header = headerOf(query);
  // RFC 1035 4.1.1: a response is never answered, else two servers would talk for ever.
  if (header === undefined || (header.flags & 0x8000) !== 0) return undefined;
  const flags = header.flags & RECURSION_DESIRED;
  const plain = (rcode: number) => encoded({ id: header.id, flags: flags | rcode });
  if ((header.flags & OPCODE) !== 0) return plain(RCODE.notImplemented);
  const [question] = (header.isQuestion ? decoded(query) : undefined)?.questions ?? [];
  if (question === undefined) return plain(RCODE.format);
  const name = question.name.toLowerCase();
  const isInZone = name === zone.domain || name.endsWith(`.${zone.domain}`);
  // A label may hold a dot, and then the text of the name is that of another one.
  if (!isInZone || !isName(name)) return plain(RCODE.refused);
  const own = zone.records.filter((record) => record.name === name);
  const answers = own.flatMap((record) => {
    return record.type === question.type ? [answerOf(record, zone.ttl)] : [];
  });
  // A name above another one is there too, though it has no record.
  const hasBelow =
    own.length > 0 || zone.records.some((record) => record.name.endsWith(`.${name}`));
  const isKnown = hasBelow || name === zone.domain;
  const whole = {
    id: header.id,
    flags: flags | AUTHORITATIVE_ANSWER | (isKnown ? RCODE.none : RCODE.noName),
    questions: [question],
    answers,
    authorities: answers.length > 0 ? [] : [startOf(zone)],
  };
  const octets = encoded(whole);
  if (octets.length <= lengthMax) return octets;
  return encoded({ ...whole, flags: whole.flags | TRUNCATED_RESPONSE, answers: [] });
}

/** NAPTR and SRV by which a UE finds its P-CSCFs from the domain, and their addresses. */
export function labZone(
  domain: string,
  pCscfs: readonly {
    readonly address: string;
    readonly ports: Readonly<Partial<Record<'udp' | 'tcp' | 'tls', number>>>;
  }[],
  ttl = 60,
): Zone {
  const services = [
    { transport: 'tls', service: 'SIPS+D2T', prefix: '_sips._tcp' },
    { transport: 'udp', service: 'SIP+D2U', prefix: '_sip._udp' },
    { transport: 'tcp', service: 'SIP+D2T', prefix: '_sip._tcp' },
  ] as const;
  const records = services.flatMap(({ transport, service, prefix }, index): ZoneRecord[] => {
    const targets = pCscfs.flatMap(({ ports }, number) => {
      const port = ports[transport];
      return port === undefined ? [] : [{ port, target: `pcscf${number + 1}.${domain}`, number }];
    });
    if (targets.length === 0) return [];
    const replacement = `${prefix}.${domain}`;
    const order = (index + 1) * 10;
    return [
      naptr(domain, { order, preference: 10, flags: 's', service, regexp: '', replacement }),
      ...targets.map(({ port, target, number }) =>
        srv(replacement, { priority: number * 10, weight: 10, port, target }),
      ),
    ];
  });
  const hosts = pCscfs.map(({ address }, number): ZoneRecord => {
    const name = `pcscf${number + 1}.${domain}`;
    return address.includes(':')
      ? { name, type: 'AAAA', data: address }
      : { name, type: 'A', data: address };
  });
  return { domain, ttl, records: [...records, ...hosts] };
}

function naptr(name: string, data: Naptr): ZoneRecord {
  return { name, type: 'NAPTR', data };
}

function srv(name: string, data: Srv): ZoneRecord {
  return { name, type: 'SRV', data };
}

function answerOf(record: ZoneRecord, ttl: number): Answer {
  const { name } = record;
  switch (record.type) {
    case 'A':
      return { name, ttl, type: 'A', data: record.data };
    case 'AAAA':
      return { name, ttl, type: 'AAAA', data: record.data };
    case 'SRV':
      return { name, ttl, type: 'SRV', data: { ...record.data } };
    case 'NAPTR': {
      const { service: services, ...data } = record.data;
      return { name, ttl, type: 'NAPTR', data: { ...data, services } };
    }
  }
}

/** RFC 2308 2.2: how long it may be remembered that something is not there. */
function startOf({ domain, ttl }: Zone): Answer {
  const intervals = { refresh: 3600, retry: 600, expire: 86_400, minimum: ttl };
  const names = { mname: `ns.${domain}`, rname: `hostmaster.${domain}` };
  return { name: domain, ttl, type: 'SOA', data: { ...names, serial: 1, ...intervals } };
}

interface QueryHeader {
  readonly id: number;
  readonly flags: number;
  /** One question, no answer, and no more beside it than EDNS needs. */
  readonly isQuestion: boolean;
}

function headerOf(query: Uint8Array): QueryHeader | undefined {
  if (query.length < HEADER_BYTES || query.length > QUERY_BYTES_MAX) return undefined;
  const view = new DataView(query.buffer, query.byteOffset, query.byteLength);
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) =>
    view.getUint16(at),
  );
  // Before the library sees them: it makes room for as many records as are announced.
  const isQuestion =
    questions === 1 &&
    answers === 0 &&
    authorities === 0 &&
    (additionals ?? 0) <= ADDITIONAL_COUNT_MAX;
  return { id: view.getUint16(0), flags: view.getUint16(2), isQuestion };
}

/** Undefined for what cannot be read: the library says so by errors of any kind. */
function decoded(query: Uint8Array): DecodedPacket | undefined {
  try {
    return decode(Buffer.from(query.buffer, query.byteOffset, query.byteLength));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function encoded(packet: Parameters<typeof encode>[0]): Uint8Array {
  return new Uint8Array(encode({ type: 'response', ...packet }));
}
