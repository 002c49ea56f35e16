/** Faults of a DM client in its proofs, its notifications and its HTTP. */
import http from 'node:http';
import { DmClient, type DmClientEffect } from '@ueprov/protocols/dm';
import {
  decodeOmaPush,
  decodePackage0,
  notificationRequest,
  verifyPackage0,
} from '@ueprov/protocols/push';
import type { SipRequest } from '@ueprov/protocols/sip';
import type { SyncML } from '@ueprov/protocols/syncml';
import type { ClientBench } from '../client/bench.ts';
import { Party } from '../conformance/account.ts';
import { post } from '../server/post.ts';
import { type ClientMutant, deaf, goesOn, header, notified, says } from './client-faults.ts';
import { lie, withCommands, withHeader, without, wrap } from './mutant.ts';

const GARBLED = {
  Meta: { Format: 'b64', Type: 'syncml:auth-md5' },
  Data: 'AAAAAAAAAAAAAAAAAAAAAA==',
};

const isFirst = ({ SyncHdr }: SyncML) => SyncHdr.MsgID === '1';

/** Changes the Chal of the Status for the SyncHdr. */
function challenged(change: 'none' | Uint8Array) {
  return (message: SyncML) =>
    withCommands(message, (all) =>
      all.map((each) => {
        if (each.kind !== 'Status' || each.Chal === undefined) return each;
        if (change !== 'none') {
          return { ...each, Chal: { Meta: { ...each.Chal.Meta, NextNonce: change } } };
        }
        const { Chal: _, ...bare } = each;
        return bare;
      }),
    );
}

function basic(message: SyncML, bench: ClientBench): SyncML {
  const Cred = new Party(bench.options.facts.client, 'basic').cred();
  return Cred === undefined ? message : withHeader(message, { Cred });
}

const PROOF_MUTANTS: readonly ClientMutant[] = [
  {
    id: 'A-LOSES-NONCE',
    fault: 'keeps no nonce for the server',
    tries: ['AUT-2.8'],
    apply: () =>
      wrap(DmClient.prototype, 'step', (original) => {
        return function (...args) {
          const effects: DmClientEffect[] = original.apply(this, args);
          return effects.filter((each) => each.kind !== 'nonce' || each.level !== 'SRVCRED');
        };
      }),
  },
  says('A-FIRST', 'forgets the nonce of the last session', 'AUT-1.2 NOT-1.9', (m) =>
    isFirst(m) ? withHeader(m, { Cred: GARBLED }) : m,
  ),
  says('A-SECOND', 'forgets the nonce of a challenge', 'AUT-1.1', (m) =>
    isFirst(m) ? m : withHeader(m, { Cred: GARBLED }),
  ),
  goesOn('A-TIRELESS', 'never gives up', 'AUT-1.3', (last) => last),
  says('A-NAME', 'leaves its name out', 'AUT-1.4', (m) =>
    withHeader(m, { Source: { LocURI: m.SyncHdr.Source.LocURI } }),
  ),
  goesOn('A-BASIC', 'falls back to basic', 'AUT-1.5 AUT-1.6', basic),
  {
    ...says('A-BASIC-WRONG', 'garbles basic', 'AUT-1.7', (m) => withHeader(m, { Cred: GARBLED })),
    setting: 'basic',
  },
  {
    ...says('A-BASIC-GET', 'fails after basic', 'AUT-1.8', lie('Get', undefined, '500')),
    setting: 'basic',
  },
  says(
    'A-UNCHECKED',
    'takes any proof of a server',
    'AUT-2.1 AUT-2.2 AUT-2.4 AUT-2.6',
    lie('SyncHdr', ['401', '407'], '200'),
  ),
  says('A-NO-CHAL', 'refuses without a challenge', 'AUT-2.1 AUT-2.2', challenged('none')),
  says('A-STALE', 'challenges with one nonce for ever', 'AUT-2.7', challenged(new Uint8Array(16))),
  says('A-NO-212', 'calls a right proof failed', 'AUT-2.5', lie('SyncHdr', ['212', '200'], '500')),
  says('A-SHORT', 'repeats half of package #1', 'AUT-4.2', (m) =>
    isFirst(m) ? m : without(({ kind }) => kind === 'Replace')(m),
  ),
  says(
    'A-NO-HEAD',
    'leaves the Status of the SyncHdr out',
    'AUT-4.3 HDR-2.1',
    without((each) => each.kind === 'Status' && each.CmdRef === '0'),
  ),
];

function package0Of(request: SipRequest) {
  return decodePackage0(decodeOmaPush(request.body).content);
}

function isRight(request: SipRequest, { account }: ClientBench): boolean {
  try {
    const hash = new Party({ ...account.facts.server, name: account.facts.ServerID }, 'md5').hash;
    if (package0Of(request).ServerID !== account.facts.ServerID) return false;
    return account.server.nonces.some(
      (nonce) => verifyPackage0(package0Of(request), hash, nonce) === 'ok',
    );
  } catch {
    return false;
  }
}

/** A notification that is right, in the place of whatever came. */
function repaired(request: SipRequest, bench: ClientBench): SipRequest {
  const package0 = bench.package0(0x7abc, {}, bench.account.server.nonce);
  const parts = {
    IMPU: 'sip:kit@home.example',
    from: 'sip:kit@home.example',
    fromTag: 'x',
    callId: 'x',
    cSeq: 1,
  };
  return isRight(request, bench)
    ? request
    : { ...request, body: notificationRequest({ ...parts, package0 }).body };
}

function unless(isRefused: (package0: ReturnType<typeof package0Of>) => boolean) {
  return (request: SipRequest) => (isRefused(package0Of(request)) ? undefined : request);
}

const NOTIFICATION_MUTANTS: readonly ClientMutant[] = [
  notified(
    'N-ANY',
    'opens a session whatever the notification',
    'NOT-1.2 NOT-1.3 NOT-1.4 NOT-1.5 NOT-1.6 NOT-1.7 NOT-1.8 NOT-1.12',
    repaired,
  ),
  notified('N-ZERO', 'knows no default nonce', 'NOT-1.9', (request, bench) =>
    isRight(request, bench) ? request : undefined,
  ),
  notified('N-TWICE', 'opens a session for each copy', 'NOT-1.10', (request, bench) => {
    const headers = { 'Content-Type': 'application/vnd.syncml.dm+xml' };
    const parts = { url: bench.options.url, method: 'POST', headers, timeoutMs: 1000 };
    setTimeout(() => {
      post({ ...parts, body: Buffer.from('<SyncML/>'), agent: http.globalAgent }).catch(() => {});
    }, 20);
    return request;
  }),
  notified(
    'N-VENDOR',
    'knows no vendor data',
    'NOT-1.11',
    unless(({ vendor }) => vendor.length > 0),
  ),
  notified(
    'N-FUTURE',
    'asks for bits of future use to be 0',
    'NOT-1.13',
    unless(({ trigger }) => trigger[4] !== 0),
  ),
  notified(
    'N-VERSION',
    'takes no version 11',
    'NOT-1.14 NOT-1.1',
    unless(({ version }) => version === 11),
  ),
];

const HTTP_MUTANTS: readonly ClientMutant[] = [
  {
    id: 'H-PATH',
    fault: 'posts to another path',
    tries: ['HTP-1.1'],
    apply: () =>
      wrap(
        http.ClientRequest.prototype as unknown as { _storeHeader: unknown },
        '_storeHeader',
        (original) => {
          return function (line: string, ...more) {
            return original.call(this, line.replace('/dm ', '/other '), ...more);
          };
        },
      ),
  },
  header('H-TYPE', 'calls its messages text', 'HTP-1.2', 'content-type', (value) =>
    `${value}`.replace('vnd.syncml', 'x-syncml'),
  ),
  header('H-ACCEPT', 'leaves Accept out', 'HTP-1.3', 'accept', () => undefined),
  header('H-CHARSET', 'leaves Accept-Charset out', 'HTP-1.4', 'accept-charset', () => undefined),
  header('H-AGENT', 'leaves User-Agent out', 'HTP-1.5', 'user-agent', () => undefined),
  header('H-HOST', 'makes a URL of Host', 'HTP-1.6', 'host', (value) => `http://${value}`),
  {
    id: 'H-BOTH',
    fault: 'has Content-Length and chunks',
    tries: ['HTP-1.7'],
    apply: () =>
      wrap(http.ClientRequest.prototype, 'setHeader', (original) => {
        return function (key: string, value: string) {
          if (key === 'Content-Length') original.call(this, 'Transfer-Encoding', 'chunked');
          return original.call(this, key, value);
        };
      }),
  },
  header('H-CACHE', 'lets its messages be stored', 'HTP-1.8', 'cache-control', () => 'public'),
  deaf(
    'H-CHUNKED',
    'reads no chunks',
    'HTP-1.9',
    ({ headers }) => headers['transfer-encoding'] !== undefined,
  ),
  deaf(
    'H-CLOSE',
    'needs one connection',
    'HTP-1.10',
    ({ headers }) => headers.connection === 'close',
  ),
  ...['HTP-1.11', 'HTP-1.12', 'HTP-1.13'].map(hanging),
];

/** Each case has one of its own: the UE does not come back from it. */
function hanging(caseId: string): ClientMutant {
  return {
    id: `H-HANGS-${caseId}`,
    fault: 'hangs after an answer that it did not get',
    tries: [caseId],
    apply: () =>
      wrap(DmClient.prototype, 'step', (original) => {
        return function (input: { kind: string }, ...more) {
          return input.kind === 'failed' ? [] : original.call(this, input, ...more);
        };
      }),
  };
}

const EVENT_MUTANTS: readonly ClientMutant[] = [
  {
    ...says(
      'E-BARE',
      'reports without Meta',
      'GEN-1.1',
      reporting(() => ({})),
    ),
    setting: 'events',
  },
  {
    ...says(
      'E-MARK',
      'reports with a Mark of its own',
      'GEN-1.2',
      reporting((Meta) => ({ ...Meta, Mark: 'loud' })),
    ),
    setting: 'events',
  },
];

function reporting(change: (Meta: object) => object) {
  return (message: SyncML) =>
    withCommands(message, (all) =>
      all.map((each) =>
        each.kind === 'Alert' && each.Data === '1226'
          ? {
              ...each,
              Items: each.Items.map((item) => ({ ...item, Meta: change(item.Meta ?? {}) })),
            }
          : each,
      ),
    );
}

/** With hmac agreed. */
const HMAC_MUTANTS: readonly ClientMutant[] = [
  says('M-CRED', 'puts a Cred beside the mac', 'AUT-3.1', (m) => withHeader(m, { Cred: GARBLED })),
  says('M-212', 'answers a right mac with 212', 'AUT-3.2', lie('SyncHdr', ['200'], '212')),
  says('M-NO-NONCE', 'hands out no nonces', 'AUT-3.3', challenged('none')),
  says('M-UNCHECKED', 'takes any mac', 'AUT-3.4 AUT-3.5', lie('SyncHdr', ['401', '407'], '200')),
].map((mutant) => ({ ...mutant, setting: 'hmac' }));

export const TRANSPORT_MUTANTS = [
  ...HMAC_MUTANTS,
  ...PROOF_MUTANTS,
  ...NOTIFICATION_MUTANTS,
  ...HTTP_MUTANTS,
  ...EVENT_MUTANTS,
];
