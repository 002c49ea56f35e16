/** The lab's DNS server and the resolver of the actors, which is c-ares: neither knows the other's code. */
import { DnsResolver, NEGATIVE_TTL, RECORD_TTL } from '@ueprov/shell';
import { expect, onTestFinished, test } from 'vitest';
import { labZone, type Zone } from '../dns-zone.ts';
import { DnsServer } from './dns-server.ts';

const ZONE = labZone('ims.test', [
  { address: '192.0.2.1', ports: { udp: 5060, tls: 5061 } },
  { address: '2001:db8::2', ports: { udp: 5070 } },
]);

async function resolver(zone: Zone = ZONE): Promise<DnsResolver> {
  const server = await DnsServer.open('127.0.0.1', 0, zone);
  const dns = new DnsResolver({ servers: [`127.0.0.1:${server.port}`], timeoutMs: 1000, tries: 1 });
  onTestFinished(async () => {
    dns.close();
    await server.close();
  });
  return dns;
}

test('NAPTR, SRV, A and AAAA as the zone has them [R-6.2.2-1] [R-6.3.1.1-11]', async () => {
  const dns = await resolver();
  expect(await dns.ask({ type: 'NAPTR', name: 'ims.test' })).toEqual({
    kind: 'records',
    ttl: RECORD_TTL,
    records: [
      {
        order: 10,
        preference: 10,
        flags: 's',
        service: 'SIPS+D2T',
        regexp: '',
        replacement: '_sips._tcp.ims.test',
      },
      {
        order: 20,
        preference: 10,
        flags: 's',
        service: 'SIP+D2U',
        regexp: '',
        replacement: '_sip._udp.ims.test',
      },
    ],
  });
  expect(await dns.ask({ type: 'SRV', name: '_sip._udp.ims.test' })).toMatchObject({
    records: expect.arrayContaining([
      { priority: 0, weight: 10, port: 5060, target: 'pcscf1.ims.test' },
      { priority: 10, weight: 10, port: 5070, target: 'pcscf2.ims.test' },
    ]),
  });
  const addresses = (records: string[]) => ({ kind: 'records', records, ttl: 60 });
  expect(await dns.ask({ type: 'A', name: 'pcscf1.ims.test' })).toEqual(addresses(['192.0.2.1']));
  expect(await dns.ask({ type: 'AAAA', name: 'pcscf2.ims.test' })).toEqual(
    addresses(['2001:db8::2']),
  );
});

test('what is not there is an answer, what is refused or no name is none', async () => {
  const dns = await resolver();
  const none = { kind: 'none', ttl: NEGATIVE_TTL };
  expect(await dns.ask({ type: 'A', name: 'nobody.ims.test' })).toEqual(none);
  expect(await dns.ask({ type: 'AAAA', name: 'pcscf1.ims.test' })).toEqual(none);
  expect(await dns.ask({ type: 'A', name: 'example.com' })).toMatchObject({ kind: 'failed' });
  expect(await dns.ask({ type: 'A', name: 'a..b' })).toMatchObject({ kind: 'failed' });
});

test('an answer that UDP cannot carry comes over TCP', async () => {
  const records = Array.from({ length: 40 }, (_, index) => {
    return { name: 'many.ims.test', type: 'A', data: `192.0.2.${index}` } as const;
  });
  const dns = await resolver({ ...ZONE, records });
  const answer = await dns.ask({ type: 'A', name: 'many.ims.test' });
  expect(answer.kind === 'records' && answer.records).toHaveLength(40);
});

test('nobody at that address is no answer', async () => {
  const server = await DnsServer.open('127.0.0.1', 0, ZONE);
  await server.close();
  const dns = new DnsResolver({ servers: [`127.0.0.1:${server.port}`], timeoutMs: 200, tries: 1 });
  expect(await dns.ask({ type: 'A', name: 'pcscf1.ims.test' })).toMatchObject({ kind: 'failed' });
});
