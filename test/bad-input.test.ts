/** What is not as it should be, on real sockets: a clear error or silence, nothing stored, and everybody goes on. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncmlHash } from '@ueprov/protocols/digest';
import { encodePackage0, notificationRequest } from '@ueprov/protocols/push';
import { encodeSip, prependHeader } from '@ueprov/protocols/sip';
import { type Change, serverConfig, startProvisioningServer } from '@ueprov/provisioning-server';
import { startUe, ueConfig } from '@ueprov/ue';
import { expect, onTestFinished, test } from 'vitest';
import { labAccounts, SERVER_ID } from '../packages/cli/src/lab/accounts.ts';
import { serverDocument, ueDocument } from '../packages/cli/src/lab/documents.ts';
import { type Lab, startLab } from '../packages/cli/src/lab/lab.ts';

interface Watched {
  readonly lab: Lab;
  readonly log: string[];
  /** Resolves when so many events have arrived. */
  readonly events: (count: number) => Promise<void>;
}

async function watchedLab(): Promise<Watched> {
  const log: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const lab = await startLab({
    ues: 1,
    encoding: 'wbxml',
    onLog: (_level, text) => log.push(text),
    onProgress: ({ ues }) => {
      const seen = ues[0]?.events.length ?? 0;
      for (const { count, resolve } of waiting) if (seen >= count) resolve();
    },
  });
  onTestFinished(() => lab.close());
  const events = (count: number) =>
    new Promise<void>((resolve) => {
      if ((lab.progress.ues[0]?.events.length ?? 0) >= count) resolve();
      else waiting.push({ count, resolve });
    });
  await events(1);
  return { lab, log, events };
}

async function post(url: string, contentType: string, body: Uint8Array | string) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: body as BodyInit,
  });
  return { status: answer.status, text: await answer.text() };
}

async function api<Body>(lab: Lab, path: string): Promise<Body> {
  const headers = { Authorization: `Bearer ${lab.token}` };
  return (await fetch(`${lab.apiUrl}/api/v1${path}`, { headers })).json() as Promise<Body>;
}

test('bodies that are no SyncML are answered 400 with code and place, and no session is stored', async () => {
  const { lab } = await watchedLab();
  const before = await api<{ items: { id: string }[] }>(lab, '/sessions');
  const xml = 'application/vnd.syncml.dm+xml';
  const wbxml = 'application/vnd.syncml.dm+wbxml';
  const doctype = '<?xml version="1.0"?><!DOCTYPE SyncML [<!ENTITY a "b">]><SyncML>&a;</SyncML>';
  expect(await post(lab.dmUrl, xml, doctype)).toMatchObject({
    status: 400,
    text: expect.stringContaining('XML_DTD_REFUSED'),
  });
  const cut = Uint8Array.of(0x03, 0xa4, 0x01, 0x6a, 0x00, 0x6d, 0x6c, 0x71, 0x03, 0x31);
  expect(await post(lab.dmUrl, wbxml, cut)).toMatchObject({
    status: 400,
    text: expect.stringMatching(/WBXML_TRUNCATED.*byte 10/),
  });
  expect((await post(lab.dmUrl, 'text/plain', 'hello')).status).toBe(415);
  expect((await post(lab.dmUrl, xml, 'x'.repeat(70_000))).status).toBe(413);
  const after = await api<{ items: { id: string }[] }>(lab, '/sessions');
  expect(after.items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id));
});

test('garbage on every SIP socket is dropped, and the next wake works', async () => {
  const { lab, events } = await watchedLab();
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const garbage = [
    Buffer.alloc(0),
    Buffer.from('\0\0\0'),
    Buffer.alloc(1400, 0xff),
    Buffer.from('REGISTER'),
  ];
  for (const { address, port } of [lab.pCscf, lab.sip.server, ...lab.sip.ues]) {
    for (const bytes of garbage) {
      await new Promise((resolve) => socket.send(bytes, port, address, resolve));
    }
  }
  await wakeWithWork(lab);
  await events(1);
  expect(lab.progress.isDone).toBe(true);
});

/** Has the device woken; resolves when a new session has ended. */
async function wakeWithWork(lab: Lab): Promise<void> {
  const id = lab.progress.ues[0]?.account.DevId ?? '';
  const ended = async () =>
    (await api<{ items: { endedAt: string | null }[] }>(lab, '/sessions')).items.filter(
      ({ endedAt }) => endedAt !== null,
    ).length;
  const before = await ended();
  const woken = await fetch(`${lab.apiUrl}/api/v1/devices/${encodeURIComponent(id)}/wake`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${lab.token}` },
  });
  expect(woken.status).toBe(202);
  await expect.poll(ended, { timeout: 10_000 }).toBeGreaterThan(before);
}

test('a Package #0 with one bit flipped is answered 200, and opens nothing [R-6.7-7]', async () => {
  const { lab, log } = await watchedLab();
  const [ue] = lab.progress.ues;
  const [address] = lab.sip.ues;
  const hash = syncmlHash(SERVER_ID, ue?.account.SRVCRED.secret ?? '');
  const fields = {
    uiMode: 'background',
    initiator: 'server',
    SessionID: 0x77,
    ServerID: SERVER_ID,
  } as const;
  const package0 = encodePackage0(fields, hash, new Uint8Array(4));
  package0[3] = (package0[3] ?? 0) ^ 0x10;
  const answers = await message(
    address ?? { address: '', port: 0 },
    ue?.account.IMPU ?? '',
    package0,
  );
  expect(answers).toMatch(/^SIP\/2\.0 200 /);
  await expect.poll(() => log.some((line) => line.includes('wrong digest'))).toBe(true);
  const { items } = await api<{ items: { SessionID: string }[] }>(lab, '/sessions');
  expect(items.map(({ SessionID }) => SessionID)).not.toContain('77');
});

/** Sends a MESSAGE from a socket of its own; gives back the first answer. */
async function message(to: { address: string; port: number }, IMPU: string, package0: Uint8Array) {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const { port } = socket.address();
  const request = notificationRequest({
    IMPU,
    from: 'sip:forger@ims.test',
    fromTag: 'f',
    callId: 'forged',
    cSeq: 1,
    package0,
  });
  const via = `SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKforged`;
  socket.send(encodeSip(prependHeader(request, 'Via', via)), to.port, to.address);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  return answer.toString();
}

test.each([
  ['the UE', 'CLCRED'],
  ['the server', 'SRVCRED'],
] as const)(
  'a wrong password of %s: the session ends, nothing is configured or stored',
  async (_who, level) => {
    const dir = await mkdtemp(join(tmpdir(), 'ueprov-wrong-'));
    const [account] = labAccounts(1);
    if (account === undefined) throw new Error('no account');
    const changes: Change[] = [];
    const refused = Promise.withResolvers<void>();
    const wire = { host: '127.0.0.1', transport: 'udp' } as const;
    const document = serverDocument([account], join(dir, 'server'), wire);
    const server = await startProvisioningServer(serverConfig(document), {
      onChanges: (committed) => changes.push(...committed),
    });
    onTestFinished(() => server.close());
    const wrong = { ...account, [level]: { ...account[level], secret: 'not-the-right-one' } };
    const place = {
      tree: join(dir, 'tree.json'),
      wire,
      pCscf: { address: '127.0.0.1', port: 9 },
      dmUrl: server.dmUrl,
      encoding: 'wbxml',
    } as const;
    const ueFile = ueDocument(wrong, place) as { accounts: object[] };
    const [first] = ueFile.accounts;
    const connecting = { ...ueFile, accounts: [{ ...first, DMInitConnect: true }] };
    const registrar = await registrarThatAccepts();
    const sip = { ...(connecting as unknown as { sip: object }).sip, pCscf: registrar };
    const ue = await startUe(ueConfig({ ...connecting, sip }), {
      onLog: (_level, text) => /session (?!completed)/.test(text) && refused.resolve(),
    });
    onTestFinished(() => ue.close());
    await refused.promise;
    expect(changes.filter(({ kind }) => kind === 'nodes')).toEqual([]);
    expect(changes.filter(({ kind }) => kind === 'event')).toEqual([]);
    if (level === 'CLCRED') expect(changes).toEqual([]);
  },
);

/** A registrar on a socket that says 200 to everybody: whom it registers is not the question here. */
async function registrarThatAccepts(): Promise<{ host: string; port: number }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  socket.on('message', (bytes, { address, port }) => {
    const lines = bytes.toString().split('\r\n');
    const kept = lines.filter((line) =>
      /^(?:Via|From|To|Call-ID|CSeq|Contact|Expires):/.test(line),
    );
    socket.send(
      `SIP/2.0 200 OK\r\n${kept.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`,
      port,
      address,
    );
  });
  return { host: '127.0.0.1', port: socket.address().port };
}
