/**
 * curl as the HTTP side of a DM client: Basic and Digest before the DM endpoint, chunks, connections that stay, `*`, IPv6,
 * content codings. curl knows nothing of SyncML: it posts a Package #1 of ours, and its HTTP is not ours.
 */
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import {
  type ProvisioningServer,
  serverConfig,
  startProvisioningServer,
} from '@ueprov/provisioning-server';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const TYPE = 'application/vnd.syncml.dm+xml';
const PASSWORD = 'pass:w"rd/';
const userOf = (scheme: Scheme): string => `${scheme}:${PASSWORD}${scheme}`;
const STRANGER = 'urn:uuid:00000000-0000-4000-8000-00000000dead';
const TIMEOUT_S = '20';

type Scheme = 'http-basic' | 'http-digest';
const SCHEMES: readonly Scheme[] = ['http-basic', 'http-digest'];
const DevIdOf = (scheme: Scheme): string => `urn:example:${scheme}`;

interface Told {
  readonly status: string;
  readonly headers: string;
  readonly body: Uint8Array;
  /** What curl says of its work: the requests as they went out. */
  readonly trace: string;
}

export const suite: Suite = {
  name: 'http',
  packages: ['curl'],
  async run(t: Check) {
    const dir = await mkdtemp(join(tmpdir(), 'ueprov-http-'));
    const host = isIpv6Here() ? '::1' : '127.0.0.1';
    const both = await started(join(dir, 'both'), '127.0.0.1');
    const md5 = await started(join(dir, 'md5'), host, { digestAlgorithms: ['MD5'] });
    const post = (server: ProvisioningServer, scheme: Scheme, options: readonly string[]) =>
      curl(dir, server.dmUrl, package1(DevIdOf(scheme)), options);
    try {
      for (const scheme of SCHEMES) await checkScheme(t, scheme, post, both);
      await checkDigest(t, post, both, md5);
      await checkBinding(t, post, both);
      await t.check(
        'nobody can tell a stranger from a known device with a wrong password',
        async () => {
          const [known, stranger] = await Promise.all(
            [DevIdOf('http-digest'), STRANGER].map((DevId) =>
              curl(dir, both.dmUrl, package1(DevId), ['--digest', '-u', 'http-digest:wrong']),
            ),
          );
          const blank = (told: Told | undefined) =>
            told?.headers.replace(/nonce="[^"]*"/g, '').replace(/^Date:.*$/gim, '');
          assert.equal(known?.status, '401');
          assert.equal(blank(stranger), blank(known));
          assert.deepEqual(stranger?.body, known?.body);
        },
      );
    } finally {
      await Promise.all([both.close(), md5.close()]);
      await rm(dir, { recursive: true });
    }
  },
};

type Post = (
  server: ProvisioningServer,
  scheme: Scheme,
  options: readonly string[],
) => Promise<Told>;

async function checkScheme(
  t: Check,
  scheme: Scheme,
  post: Post,
  server: ProvisioningServer,
): Promise<void> {
  const flag = scheme === 'http-basic' ? '--basic' : '--digest';
  await t.check(
    `curl ${flag} posts a Package #1 and is answered 200 [SYNCHTTP 5.4-1]`,
    async () => {
      const told = await post(server, scheme, [flag, '-u', userOf(scheme)]);
      assert.equal(told.status, '200', told.trace);
      assert.equal(statusOfHeader(decodeSyncML(told.body, 'xml')), '200');
    },
  );
  await t.check(`curl ${flag} with a wrong password is answered 401`, async () => {
    const told = await post(server, scheme, [flag, '-u', `${scheme}:wrong`]);
    assert.equal(told.status, '401');
    assert.match(told.headers, /^WWW-Authenticate: /im);
    assert.throws(() => decodeSyncML(told.body, 'xml'), 'no SyncML comes with it');
  });
  await t.check(`curl without credentials is asked for ${scheme}`, async () => {
    const told = await post(server, scheme, []);
    assert.equal(told.status, '401');
    const asked =
      scheme === 'http-basic' ? /^WWW-Authenticate: Basic/im : /^WWW-Authenticate: Digest/im;
    assert.match(told.headers, asked);
  });
}

async function checkDigest(
  t: Check,
  post: Post,
  both: ProvisioningServer,
  md5: ProvisioningServer,
): Promise<void> {
  await t.check('curl takes SHA-256 where it is offered before MD5', async () => {
    const { status, trace } = await post(both, 'http-digest', [
      '--digest',
      '-u',
      userOf('http-digest'),
    ]);
    assert.equal(status, '200');
    assert.match(trace, /Authorization: Digest .*algorithm=SHA-256/);
  });
  await t.check('curl answers MD5 where that is all, over IPv6 if there is any', async () => {
    const { status, trace } = await post(md5, 'http-digest', [
      '--digest',
      '-u',
      userOf('http-digest'),
    ]);
    assert.equal(status, '200', trace);
    assert.match(trace, /Authorization: Digest .*algorithm=MD5/);
  });
  await t.check('what curl sent, sent again, is stale and no more than that', async () => {
    const { trace } = await post(both, 'http-digest', ['--digest', '-u', userOf('http-digest')]);
    const authorization = /^> (Authorization: Digest .*)$/m.exec(trace)?.[1]?.trim();
    assert(authorization !== undefined, trace);
    const replayed = await post(both, 'http-digest', ['-H', authorization]);
    assert.equal(replayed.status, '401');
    assert.match(replayed.headers, /stale=true/);
  });
  await t.check('two messages of curl share a connection and a nonce', async () => {
    const options = ['--digest', '-u', userOf('http-digest')];
    const twice = await post(both, 'http-digest', [...options, both.dmUrl]);
    assert.equal(twice.trace.match(/^< HTTP\/1\.1 200 /gm)?.length, 2, twice.trace);
    assert.equal(twice.trace.match(/^\* Connected to /gm)?.length, 1);
  });
}

async function checkBinding(t: Check, post: Post, server: ProvisioningServer): Promise<void> {
  const basic = ['--basic', '-u', userOf('http-basic')];
  await t.check('curl sends the message in chunks [SYNCHTTP 5.1-2]', async () => {
    const chunked = ['-H', 'Transfer-Encoding: chunked'];
    const { status, trace } = await post(server, 'http-basic', [...basic, ...chunked]);
    assert.equal(status, '200', trace);
    assert.doesNotMatch(trace, /^> Content-Length/im);
  });
  await t.check('curl posts to `*` [SYNCHTTP 5.1-1]', async () => {
    const star = ['--request-target', '*'];
    const { status, trace } = await post(server, 'http-basic', [...basic, ...star]);
    assert.equal(status, '200', trace);
    assert.match(trace, /^> POST \* HTTP\/1\.1/m);
  });
  await t.check('curl takes our server for a proxy: a whole URL is understood', async () => {
    const proxied = ['-x', new URL(server.dmUrl).origin];
    const { status, trace } = await post(server, 'http-basic', [...basic, ...proxied]);
    assert.equal(status, '200', trace);
    assert.match(trace, /^> POST http:\/\//m);
  });
  await t.check('a body that curl calls gzip is 415, before it is read', async () => {
    const coded = ['-H', 'Content-Encoding: gzip'];
    const { status, headers } = await post(server, 'http-basic', [...basic, ...coded]);
    assert.equal(status, '415');
    assert.match(headers, /^Accept-Encoding: identity/im);
  });
  await t.check('an answer that curl may have compressed is not', async () => {
    const { status, headers, body } = await post(server, 'http-basic', [
      ...basic,
      '-H',
      'Accept-Encoding: gzip, deflate',
    ]);
    assert.equal(status, '200');
    assert.doesNotMatch(headers, /^Content-Encoding/im);
    assert.equal(statusOfHeader(decodeSyncML(body, 'xml')), '200');
  });
}

async function started(
  data: string,
  host: string,
  dm: Readonly<Record<string, unknown>> = {},
): Promise<ProvisioningServer> {
  return startProvisioningServer(
    serverConfig({
      data,
      sip: { host: '127.0.0.1', port: 0 },
      dm: { host, port: 0, ServerID: 'prov.example', ...dm },
      api: { host: '127.0.0.1', port: 0 },
      devices: SCHEMES.map((scheme, index) => ({
        DevId: DevIdOf(scheme),
        scheme,
        CLCRED: { name: scheme, secret: `${PASSWORD}${scheme}` },
        SRVCRED: { secret: `server-secret-${index}` },
      })),
    }),
  );
}

/** A session of the device's own begins: Alert 1201 and DevInfo. */
function package1(DevId: string): Uint8Array {
  const text = (uri: string, Data: string) => ({ Source: { LocURI: uri }, Data });
  const message: SyncML = {
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID: '1',
      Target: { LocURI: 'http://prov.example/dm' },
      Source: { LocURI: DevId },
      Meta: { MaxMsgSize: 16_384 },
    },
    SyncBody: {
      commands: [
        { kind: 'Alert', CmdID: '1', Data: '1201', Items: [] },
        {
          kind: 'Replace',
          CmdID: '2',
          Items: [
            text('./DevInfo/DevId', DevId),
            text('./DevInfo/Man', 'curl'),
            text('./DevInfo/Mod', 'curl'),
            text('./DevInfo/DmV', '1.2'),
            text('./DevInfo/Lang', 'en'),
          ],
        },
      ],
      Final: true,
    },
  };
  return encodeSyncML(message, 'xml');
}

async function curl(
  dir: string,
  url: string,
  body: Uint8Array,
  options: readonly string[],
): Promise<Told> {
  const files = await mkdtemp(join(dir, 'curl-'));
  const [request, answer, headers] = ['request', 'answer', 'headers'].map((name) =>
    join(files, name),
  ) as [string, string, string];
  await writeFile(request, body);
  const child = spawn(
    'curl',
    [
      '-sS',
      '-v',
      '-g',
      '--http1.1',
      '--noproxy',
      '',
      '-m',
      TIMEOUT_S,
      '-H',
      `Content-Type: ${TYPE}`,
      '-H',
      `Accept: ${TYPE}`,
      '--data-binary',
      `@${request}`,
      '-o',
      answer,
      '-D',
      headers,
      '-w',
      '%{http_code}',
      ...options,
      url,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH ?? '' } },
  );
  let [status, trace] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    status += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    trace += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return {
    status: status.slice(-3),
    headers: lastBlock(await readFile(headers, 'utf8').catch(() => '')),
    body: new Uint8Array(await readFile(answer).catch(() => Buffer.alloc(0))),
    trace,
  };
}

/** curl writes the headers of every answer on its way. */
function lastBlock(headers: string): string {
  return (
    headers
      .trim()
      .split(/\r?\n\r?\n/)
      .at(-1) ?? ''
  );
}

function statusOfHeader({ SyncBody }: SyncML): string | undefined {
  for (const command of SyncBody.commands) {
    if (command.kind === 'Status' && command.CmdRef === '0') return command.Data;
  }
  return undefined;
}

function isIpv6Here(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((each) => each?.address === '::1');
}
