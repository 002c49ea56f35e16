// UE-2: what the application servers hear of a registration, and what becomes of it when they do not answer.

import { boundaryOf, decodeMultipart } from '@ueprov/protocols/mime';
import { decodeSip, headerOf } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import type { Answer } from './testing/endpoint.ts';
import { AS_URI, criterion, OTHER_AS_URI, S_CSCF, subscriber, world } from './testing/world.ts';

const REFUSES = (): Answer => ({ status: 500 });
const IS_SILENT = () => undefined;

test("the application server is told by a third-party REGISTER with the UE's own inside [SIPPUSH TS24229.5.4.1.7-1]", () => {
  const { alice, applicationServer } = world();
  alice.register();
  const [told] = applicationServer.requests;
  expect(told).toMatchObject({ method: 'REGISTER', uri: AS_URI });
  const value = (name: string) => headerOf(told!, name);
  expect(value('To')).toBe('<sip:alice@home.example>');
  expect(value('From')).toMatch(/^<sip:127\.0\.0\.1:5061>;tag=/);
  expect(value('Contact')).toBe('<sip:127.0.0.1:5061>');
  expect(value('Expires')).toBe('3600');
  expect(value('P-Visited-Network-ID')).toBe('"home.example"');
  expect(value('P-Access-Network-Info')).toBe('DOCSIS');
  expect(value('P-Charging-Vector')).toMatch(/^icid-value="[0-9a-f]{32}"/);
  expect(value('Content-Type')).toBe('message/sip');
  const inner = decodeSip(told!.body);
  expect(inner).toMatchObject({ kind: 'request', method: 'REGISTER' });
  expect(headerOf(inner, 'Contact')).toBe(alice.contact);
});

test('without IncludeRegisterRequest the third-party REGISTER has no body', () => {
  const filterCriteria = [criterion({ includeRegisterRequest: false })];
  const { alice, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria })],
  });
  alice.register();
  expect(applicationServer.requests[0]?.body).toHaveLength(0);
  expect(headerOf(applicationServer.requests[0]!, 'Content-Type')).toBeUndefined();
});

test('the UE has its 200 before the application server hears of it', () => {
  const { alice, network, applicationServer } = world();
  alice.register();
  const fromCore = network.sent.filter(({ from }) => from.port === S_CSCF.port);
  const starts = fromCore.map(({ bytes }) => Buffer.from(bytes).toString('latin1').slice(0, 11));
  expect(starts).toEqual(['SIP/2.0 401', 'SIP/2.0 200', 'REGISTER si']);
  expect(applicationServer.requests).toHaveLength(1);
});

test('refresh and de-registration are told in the same series, the last with Expires: 0 [SIPPUSH TS24229.5.4.1.7-1]', () => {
  const { alice, applicationServer } = world();
  alice.register();
  alice.registerOnce({ expires: 600 });
  alice.registerOnce({ expires: 0 });
  const values = (name: string) => applicationServer.requests.map((each) => headerOf(each, name));
  expect(values('Expires')).toEqual(['3600', '600', '0']);
  expect(values('CSeq')).toEqual(['1 REGISTER', '2 REGISTER', '3 REGISTER']);
  expect(new Set(values('Call-ID')).size).toBe(1);
});

test('a registration that begins anew is told in a series of its own', () => {
  const { alice, applicationServer } = world();
  alice.register();
  alice.registerOnce({ expires: 0 });
  alice.register();
  const [first, last, next] = applicationServer.requests;
  expect(headerOf(last!, 'Call-ID')).toBe(headerOf(first!, 'Call-ID'));
  expect(headerOf(next!, 'Call-ID')).not.toBe(headerOf(first!, 'Call-ID'));
  expect(headerOf(next!, 'CSeq')).toBe('1 REGISTER');
});

test('the end of one registration does not save another from its default handling', () => {
  const filterCriteria = [criterion({ defaultHandling: 'SESSION_TERMINATED' })];
  const { alice, ue, lab, network, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria }), subscriber('bob')],
    expires: { min: 1, max: 7200 },
  });
  const bob = ue('bob', 6002);
  bob.register({ expires: 10 });
  applicationServer.answer = IS_SILENT;
  alice.register();
  network.run(32_000);
  expect(lab.sCscf.registrations).toEqual([]);
});

test('a late failure does not end a registration that has been renewed since', () => {
  const filterCriteria = [criterion({ defaultHandling: 'SESSION_TERMINATED' })];
  const { alice, lab, network, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria })],
  });
  applicationServer.answer = IS_SILENT;
  alice.register();
  network.run(10_000);
  applicationServer.answer = () => ({ status: 200 });
  alice.registerOnce();
  network.run(30_000);
  expect(lab.sCscf.counters.thirdPartyFailures).toBe(1);
  expect(lab.sCscf.registrations).toHaveLength(1);
});

test('an expired registration is told with Expires: 0 and without a body', () => {
  const { alice, applicationServer, network } = world();
  alice.register({ expires: 60 });
  network.run(59_999);
  expect(applicationServer.requests).toHaveLength(1);
  network.run(1);
  expect(applicationServer.requests).toHaveLength(2);
  expect(headerOf(applicationServer.requests[1]!, 'Expires')).toBe('0');
  expect(applicationServer.requests[1]!.body).toHaveLength(0);
});

test('application servers are told by priority', () => {
  const filterCriteria = [
    criterion({ priority: 2 }),
    criterion({ priority: 1, applicationServer: OTHER_AS_URI }),
  ];
  const { alice, network, otherServer, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria })],
  });
  alice.register();
  const servers = [applicationServer.address.port, otherServer.address.port];
  const told = network.sent.map(({ to }) => to.port).filter((port) => servers.includes(port));
  expect(told).toEqual([otherServer.address.port, applicationServer.address.port]);
});

test.each([
  ['refuses', REFUSES, 0],
  ['is silent', IS_SILENT, 32_000],
] as const)(
  'an application server that %s ends a SESSION_TERMINATED registration [SIPPUSH TS24229.5.4.1.7-3]',
  (_what, answer, ms) => {
    const filterCriteria = [
      criterion({ defaultHandling: 'SESSION_TERMINATED' }),
      criterion({ priority: 2, applicationServer: OTHER_AS_URI }),
    ];
    const { alice, lab, network, applicationServer, otherServer } = world({
      subscribers: [subscriber('alice', { filterCriteria })],
    });
    applicationServer.answer = answer;
    expect(alice.register()?.status).toBe(200);
    network.run(ms);
    expect(lab.sCscf.registrations).toEqual([]);
    expect(otherServer.requests.map((each) => headerOf(each, 'Expires'))).toEqual(['3600', '0']);
    expect(lab.sCscf.counters.thirdPartyFailures).toBe(1);
  },
);

test.each([
  ['refuses', REFUSES],
  ['is silent', IS_SILENT],
] as const)(
  'an application server that %s leaves a SESSION_CONTINUED registration alone [SIPPUSH TS24229.5.4.1.7-3]',
  (_what, answer) => {
    const { alice, lab, network, applicationServer } = world();
    applicationServer.answer = answer;
    alice.register();
    network.run(40_000);
    expect(lab.sCscf.registrations).toHaveLength(1);
    expect(lab.sCscf.counters.thirdPartyFailures).toBe(1);
  },
);

test('service info, the REGISTER and its answer are parts of one body [SIPPUSH TS24229.5.4.1.7-2]', () => {
  const filterCriteria = [
    criterion({ serviceInfo: 'a <b> & c', includeRegisterResponse: true, priority: 3 }),
  ];
  const { alice, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria })],
  });
  alice.register();
  const [told] = applicationServer.requests;
  const type = headerOf(told!, 'Content-Type')!;
  const parts = decodeMultipart(told!.body, boundaryOf(type));
  const types = parts.map(({ headers }) => headers[0]?.value);
  expect(type).toMatch(/^multipart\/mixed; boundary=/);
  expect(types).toEqual(['application/3gpp-ims+xml', 'message/sip', 'message/sip']);
  expect(Buffer.from(parts[0]!.content).toString()).toBe(
    '<ims-3gpp version="1"><service-info>a &lt;b&gt; &amp; c</service-info></ims-3gpp>',
  );
  expect(decodeSip(parts[1]!.content)).toMatchObject({ kind: 'request', method: 'REGISTER' });
});

test('service info alone needs no multipart', () => {
  const filterCriteria = [criterion({ includeRegisterRequest: false, serviceInfo: 'x' })];
  const { alice, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria })],
  });
  alice.register();
  const [told] = applicationServer.requests;
  expect(headerOf(told!, 'Content-Type')).toBe('application/3gpp-ims+xml');
});

test('a criterion for initial registrations hears of no other', () => {
  const SPTs = [{ kind: 'Method', method: 'REGISTER', registration: 'initial' }] as const;
  const filterCriteria = [criterion({ triggerPoint: { form: 'CNF', SPTs } })];
  const { alice, applicationServer } = world({
    subscribers: [subscriber('alice', { filterCriteria })],
  });
  alice.register();
  alice.registerOnce();
  alice.registerOnce({ expires: 0 });
  alice.register();
  const told = applicationServer.requests.map((each) => headerOf(each, 'Expires'));
  expect(told).toEqual(['3600', '3600']);
});
