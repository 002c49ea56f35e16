/** Abuse cases that take a whole server, or a whole device, to try: hostile peers over its public doors. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDeviceTree, writeDmAcc } from '@ueprov/protocols/mo';
import { encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import {
  type ProvisioningServer,
  serverConfig,
  startProvisioningServer,
} from '@ueprov/provisioning-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  asksFor,
  opened,
  sent,
  target,
} from '../packages/protocols/src/dm/testing/opened-client.ts';
import { outline } from '../packages/protocols/src/dm/testing/pair.ts';
import { TestDevice } from '../packages/provisioning-server/src/testing/dm-device.ts';

const TYPE = 'application/vnd.syncml.dm+xml';
const KNOWN = 'urn:example:known';

async function folder(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'ueprov-abuse-'));
  onTestFinished(() => rm(data, { recursive: true }));
  return data;
}

async function serving(given?: string): Promise<ProvisioningServer> {
  const data = given ?? (await folder());
  const server = await startProvisioningServer(
    serverConfig({
      data,
      sip: { host: '127.0.0.1', port: 0 },
      dm: { host: '127.0.0.1', port: 0, ServerID: 'prov.example' },
      api: { host: '127.0.0.1', port: 0 },
      devices: [
        {
          DevId: KNOWN,
          CLCRED: { name: 'ue1', secret: 'client-secret' },
          SRVCRED: { secret: 'server-secret' },
        },
      ],
    }),
  );
  onTestFinished(() => server.close());
  return server;
}

function package1(DevId: string, change: Partial<SyncML['SyncHdr']> = {}): string {
  const message: SyncML = {
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID: '1',
      Target: { LocURI: 'http://prov.example/dm' },
      Source: { LocURI: DevId },
      ...change,
    },
    SyncBody: { commands: [{ kind: 'Alert', CmdID: '1', Data: '1201', Items: [] }], Final: true },
  };
  return new TextDecoder().decode(encodeSyncML(message, 'xml'));
}

async function post(server: ProvisioningServer, body: string) {
  const headers = { 'Content-Type': TYPE };
  const answer = await fetch(server.dmUrl, { method: 'POST', body, headers });
  return { status: answer.status, text: await answer.text() };
}

/** A session of the device that is known, with the nonces that the one before left it. */
function play(server: ProvisioningServer, device: TestDevice): Promise<TestDevice> {
  return device.playOver(async (body, token) => {
    const url = token === undefined ? server.dmUrl : `${server.dmUrl}?s=${token}`;
    const headers = { 'Content-Type': 'application/vnd.syncml.dm+wbxml' };
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
    return new Uint8Array(await answer.arrayBuffer());
  });
}

/** Without what is new in every answer. */
function blank(text: string): string {
  return text
    .replace(/(<NextNonce[^>]*>)[^<]*/g, '$1')
    .replace(/[?]s=[\w-]*/g, '')
    .replaceAll(KNOWN, 'urn:example:other');
}

describe('a server', () => {
  test('AC-07: a RespURI of the device is a place that nobody is sent to, nor asked of', async () => {
    const server = await serving();
    const { status, text } = await post(
      server,
      package1(KNOWN, { RespURI: 'http://169.254.169.254/latest/meta-data' }),
    );
    expect(status).toBe(200);
    expect(text).not.toContain('169.254');
    expect(text).toContain(new URL(server.dmUrl).host);
  });

  test('AC-11: restored from a copy of its data it goes on by itself, with nothing to write either', async () => {
    const reset = { DevId: KNOWN, secret: 'client-secret', serverSecret: 'server-secret' };
    const [data, copy] = [await folder(), await folder()];
    const first = await serving(data);
    await play(first, new TestDevice(reset));
    await first.close();
    await cp(data, copy, { recursive: true });
    const second = await serving(data);
    // What renews the nonces of both sides in a session without commands.
    let device = await play(second, new TestDevice({ ...reset, SessionID: 'A8' }));
    await second.close();
    const restored = await serving(copy);
    const ends: unknown[] = [];
    for (let session = 0; session < 12; session++) {
      device = await play(restored, device.again((0xc0 + session).toString(16)));
      ends.push(device.ended?.result);
    }
    expect(ends).toEqual(Array(12).fill('completed'));
  });

  test('AC-13: who is not known is answered like who is, over HTTP, to the letter', async () => {
    const server = await serving();
    const cred = {
      Meta: { Format: 'b64', Type: 'syncml:auth-md5' },
      Data: 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    for (const change of [{}, { Cred: cred }]) {
      const known = await post(server, package1(KNOWN, change));
      const other = await post(server, package1('urn:example:other', change));
      expect(other.status).toBe(known.status);
      expect(blank(other.text)).toBe(blank(known.text));
    }
  });

  test('AC-14: a flood of strangers is answered, and leaves no session', async () => {
    const server = await serving();
    for (let count = 0; count < 200; count++) {
      const { status } = await post(server, package1(`urn:example:${count}`, { SessionID: 'F' }));
      expect(status).toBe(200);
    }
    const bearer = { Authorization: `Bearer ${server.firstRunToken}` };
    const sessions = await fetch(`${server.apiUrl}/api/v1/sessions`, { headers: bearer });
    expect(await sessions.json()).toMatchObject({ items: [] });
  });

  test.each([
    ['AC-04: a MsgID that is none', package1(KNOWN, { MsgID: '-1' })],
    ['AC-04: no SyncBody', package1(KNOWN).replace(/<SyncBody>.*<\/SyncBody>/s, '')],
    ['AC-06: UTF-16', `<?xml version="1.0" encoding="UTF-16"?>${package1(KNOWN)}`],
    ['AC-06: octets that are no text', `${package1(KNOWN)}\u0000`],
  ])('%s is 400, and the next message is served', async (_what, body) => {
    const server = await serving();
    expect((await post(server, body)).status).toBe(400);
    expect((await post(server, package1(KNOWN))).status).toBe(200);
  });
});

describe('AC-05: addresses that look like others', () => {
  test.each([
    './XX/%2e%2e/DMAcc',
    './XX/%252e%252e/DMAcc',
    './XX/YY%2fCount',
    './XX/YY/\u202ecount',
    './XX/YY/С\u043eunt',
    './XX/YY/Count%00',
    './xx/yy/count',
    './XX/YY/Count/.',
  ])('%j is no way to ./XX/YY/Count', (uri) => {
    const session = opened();
    const commands = [asksFor(uri), { kind: 'Replace', Items: [target(uri, { Data: '9' })] }];
    expect(outline(sent(session.receive(commands)))).toMatch(
      /^SyncHdr=200, Get=4\d\d, Replace=4\d\d, Final$/,
    );
    expect(session.tree.text('./XX/YY/Count')).toBe('1');
  });
});

describe('AC-36: two servers on one device', () => {
  const accountOf = (ServerID: string, AAuthSecret: string) => ({
    ServerID,
    ConRef: [],
    AppAddr: [{ Addr: `http://${ServerID}/dm`, AddrType: 'URI' }] as const,
    AppAuth: [{ AAuthLevel: 'CLCRED', AAuthType: 'BASIC', AAuthName: 'ue1', AAuthSecret }] as const,
    DMInitConnect: false,
    AuthExt: '',
  });

  /** What the second server gets for these commands, and the tree after them. */
  function second(commands: readonly object[]) {
    const tree = makeDeviceTree(
      {
        info: { DevId: KNOWN, Man: 'Example', Mod: 'UE' },
        detail: { DevTyp: 'UE', FwV: '1', SwV: '1', HwV: '1' },
        account: accountOf('first.example', 'secret-of-first'),
      },
      0,
    );
    writeDmAcc(tree, './DMAcc/2', accountOf('second.example', 'secret-of-second'), 0);
    const session = opened({ tree, ServerID: 'second.example' });
    return { tree, line: outline(sent(session.receive(commands))) };
  }

  const write = (uri: string, Data: string) => ({
    kind: 'Replace',
    Meta: { Format: 'chr' },
    Items: [target(uri, { Data })],
  });

  test('the one cannot change, delete or read the account of the other', () => {
    const { tree, line } = second([
      write('./DMAcc/1/AppAddr/1/Addr', 'http://second.example/dm'),
      write('./DMAcc/1/AppAuth/1/AAuthSecret', 'known-to-second'),
      { kind: 'Delete', Items: [target('./DMAcc/1')] },
      asksFor('./DMAcc/1/ServerID'),
      asksFor('./DMAcc/1/AppAuth/1/AAuthSecret'),
    ]);
    expect(line).toBe('SyncHdr=200, Replace=425, Replace=425, Delete=425, Get=425, Get=405, Final');
    expect(tree.text('./DMAcc/1/AppAddr/1/Addr')).toBe('http://first.example/dm');
    expect(tree.text('./DMAcc/1/AppAuth/1/AAuthSecret')).toBe('secret-of-first');
  });

  test('nor give itself the right to, on the node or above it', () => {
    const acl = 'Add=*&Get=*&Replace=*&Delete=*';
    const before = second([asksFor('.')]).tree.get('./DMAcc?prop=ACL', 'first.example');
    expect(before).toMatchObject({ ok: true });
    const { tree, line } = second([
      write('./DMAcc/1?prop=ACL', acl),
      write('./DMAcc?prop=ACL', acl),
      write('./PktcUE?prop=ACL', acl),
      write('.?prop=ACL', acl),
    ]);
    expect(line).toBe('SyncHdr=200, Replace=425, Replace=425, Replace=425, Replace=425, Final');
    expect(tree.get('./DMAcc?prop=ACL', 'first.example')).toEqual(before);
  });

  test('rights are those of the nearest ACL: what the first keeps above is not the second’s below', () => {
    const { line } = second([
      write('./PktcUE/Op/1/Domain', 'second.example'),
      { kind: 'Add', Items: [target('./PktcUE/Op/2/Domain', { Data: 'second.example' })] },
      write('./DMAcc/2/Name', 'Second'),
    ]);
    expect(line).toMatch(/^SyncHdr=200, Replace=4(04|25), Add=425, /);
  });
});
