/**
 * `ueprov tree` from end to end: the command, the API over HTTP, a wake through the IMS core, the DM session of a real UE,
 * and what is printed. Where a UE has no node of the kind that is tried, a device with a vendor's object makes contact.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodeOf } from '../packages/cli/src/exit.ts';
import { readInput } from '../packages/cli/src/input.ts';
import { type Lab, startLab } from '../packages/cli/src/lab/lab.ts';
import { addTreeCommands } from '../packages/cli/src/tree/commands.ts';
import { requestHeaders } from '../packages/protocols/src/dm/http.ts';
import { serverConfig } from '../packages/provisioning-server/src/config.ts';
import { startProvisioningServer } from '../packages/provisioning-server/src/server.ts';
import {
  SERVER_ID,
  TestDevice,
  vendorTree,
} from '../packages/provisioning-server/src/testing/dm-device.ts';

interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly said: string;
}

/** The command in this process, with a terminal of its own. */
async function ueprov(environment: Record<string, string>, ...args: string[]): Promise<Ran> {
  const out: string[] = [];
  const said: string[] = [];
  let code: number | undefined;
  const program = new Command('ueprov').exitOverride();
  program.configureOutput({
    writeErr: (text) => said.push(text),
    writeOut: (text) => out.push(text),
  });
  const streams = {
    read: readInput,
    write: (chunk: string | Uint8Array) => void out.push(Buffer.from(chunk).toString()),
    say: (line: string) => void said.push(`${line}\n`),
    isColoured: false,
    environment,
  };
  addTreeCommands(program, streams, (exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync(['tree', ...args], { from: 'user' });
  } catch (error) {
    said.push(`ueprov: ${error instanceof Error ? error.message : error}\n`);
    code = error instanceof CommanderError ? 2 : exitCodeOf(error);
  }
  return { code, out: out.join(''), said: said.join('') };
}

describe('a UE that is woken', () => {
  const OPERATOR = './PktcUE/Op/1';
  let lab: Lab;
  let environment: Record<string, string>;
  beforeAll(async () => {
    const done = Promise.withResolvers<void>();
    lab = await startLab({
      ues: 1,
      encoding: 'wbxml',
      onProgress: (progress) => progress.isDone && done.resolve(),
    });
    await done.promise;
    environment = { UEPROV_URL: lab.apiUrl, UEPROV_TOKEN: lab.token ?? '' };
  });
  afterAll(() => lab.close());

  const tree = (...args: string[]) => ueprov(environment, ...args, '--wait');
  const PORT = `${OPERATOR}/STUNRelayPort`;

  test('get: queued, woken, in session, and the value', async () => {
    const { code, out, said } = await tree('get', 'ue1', './DevInfo/Man', './DevInfo/Mod');
    expect(out).toBe('./DevInfo/Man  Example Devices\n./DevInfo/Mod  Lab UE\n');
    expect(code).toBe(0);
    const states = said
      .split('\n')
      .map((line) => line.replace(/^\s*[\d.]+ s {2}/, '').split(' ')[0]);
    expect(states[0]).toBe('queued');
    expect(states).toContain('woken');
    expect(states.slice(-2)).toEqual(['succeeded', '']);
  });

  test('set and get: what is written is there; a property too', async () => {
    expect(await tree('add', 'ue1', `${PORT}=3998`)).toMatchObject({ code: 0 });
    expect(await tree('set', 'ue1', `${PORT}=3999`)).toMatchObject({ code: 0 });
    expect((await tree('get', 'ue1', PORT)).out).toContain('3999');
    const format = await tree('get', 'ue1', PORT, '--prop', 'Format');
    expect(format.out).toBe(`${PORT}?prop=Format  int\n`);
  });

  test('what the profile has a value for is written, with a warning, and back with the next session', async () => {
    const path = `${OPERATOR}/STUNPort`;
    const { code, said } = await tree('set', 'ue1', `${path}=3999`);
    expect(code).toBe(0);
    expect(said).toContain(`succeeded: The profile has a value for ${path}`);
    expect((await tree('get', 'ue1', path)).out).toBe(`${path}  3478\n`);
  });

  test('ls: the children, the tree, and a document', async () => {
    expect((await tree('ls', 'ue1', './DevInfo')).out.split('\n')).toContain('Man');
    expect((await tree('ls', 'ue1', './DevInfo', '-r')).out).toContain(
      '\n  Man = Example Devices\n',
    );
    expect((await tree('ls', 'ue1', './DevInfo', '--list', 'TNDS')).out).toContain(
      'Example Devices',
    );
    expect((await tree('ls', 'ue1')).out.split('\n')).toContain('DevDetail');
  });

  test('add, copy and rm', async () => {
    const second = `${OPERATOR}/BSF/2`;
    const added = await tree('add', 'ue1', `${second}/Addr=bsf2.ims.test`);
    expect(added).toMatchObject({ code: 0, out: `${second}/Addr  200 OK\n` });
    const copied = await tree('copy', 'ue1', `${second}/Addr`, `${OPERATOR}/STUNRelayAddr`);
    expect(copied.code).toBe(0);
    expect((await tree('get', 'ue1', `${OPERATOR}/STUNRelayAddr`)).out).toContain('bsf2.ims.test');
    expect((await tree('rm', 'ue1', second)).code).toBe(0);
    const gone = await tree('get', 'ue1', `${second}/Addr`);
    expect(gone.code).toBe(4);
    expect(gone.said).toContain('404 Not found; there is no such node: `ueprov tree ls ue1');
  });

  test("AC-36: the server's own account stays as it is, unless forced", async () => {
    const address = './DMAcc/1/AppAddr/1/Addr';
    const [, url] = (await tree('get', 'ue1', address)).out.trim().split('  ');
    for (const words of [['rm', './DMAcc/1'] as const, ['set', `${address}=http://x/`] as const]) {
      const refused = await tree(words[0], 'ue1', words[1]);
      expect(refused.code).toBe(7);
      expect(refused.said).toContain('ask again with force (ueprov tree: --force)');
    }
    expect((await tree('get', 'ue1', address)).out).toBe(`${address}  ${url}\n`);
    expect((await tree('set', 'ue1', `${address}=${url}`, '--force')).code).toBe(0);
  });

  test('acl: read, changed, and in the way: 425 in words', async () => {
    const acl = (await tree('acl', 'ue1', './PktcMEM')).out.trim().split('  ')[1] ?? '';
    expect(acl).toContain('Replace=prov.ims.test');
    const leaf = './PktcMEM/Throttle/Threshold';
    const closed = 'Get=*&Replace=nobody';
    expect((await tree('acl', 'ue1', leaf, closed)).code).toBe(0);
    const refused = await tree('set', 'ue1', `${leaf}=11`);
    expect(refused.code).toBe(4);
    expect(refused.said).toContain(`${leaf}: 425 Permission denied; the ACL does not let`);
  });

  test('405 of a permanent node, and exit 8 where only a part was done', async () => {
    const refused = await tree('rm', 'ue1', './DevInfo/Man');
    expect(refused.code).toBe(4);
    expect(refused.said).toContain('./DevInfo/Man: 405 Command not allowed; ');
    const partly = await tree('set', 'ue1', './Nothing/There=1', `${PORT}=4000`);
    expect(partly.code).toBe(8);
    expect(partly.out).toBe(`./Nothing/There  404 Not found\n${PORT}  200 OK\n`);
  });

  test('--atomic: all or nothing', async () => {
    const set = [`${PORT}=4001`, './Nothing/There=1'];
    const { code, out } = await tree('set', 'ue1', ...set, '--atomic');
    expect({ code, out }).toMatchObject({ code: 4, out: expect.stringContaining('216') });
    expect((await tree('get', 'ue1', PORT)).out).toContain('4000');
  });

  test('exec on a node that has no action is 405', async () => {
    expect((await tree('exec', 'ue1', './DevInfo/Man')).said).toContain('405 Command not allowed');
  });

  test('batch: a file of commands is one operation', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ueprov-batch-'));
    const file = join(folder, 'commands');
    await writeFile(
      file,
      `# two\nset ${OPERATOR}/STUNRelayAddr=stun two.test\nget ${OPERATOR}/STUNRelayAddr\n`,
    );
    const { code, out } = await tree('batch', 'ue1', file);
    expect({ code, out }).toEqual({
      code: 0,
      out: `${OPERATOR}/STUNRelayAddr  200 OK\n${OPERATOR}/STUNRelayAddr  stun two.test\n`,
    });
  });

  test('without --wait its id is printed; op, ops and --json tell the rest; a key makes it one', async () => {
    const ask = ['get', 'ue1', './DevInfo/Man', '--key', 'once'];
    const first = await ueprov(environment, ...ask);
    const id = first.out.trim();
    expect(first).toMatchObject({ code: 0, said: '' });
    expect((await ueprov(environment, ...ask)).out.trim()).toBe(id);
    expect((await tree('op', id)).out).toBe('./DevInfo/Man  Example Devices\n');
    const { out } = await ueprov(environment, 'op', id, '--json');
    expect(JSON.parse(out)).toMatchObject({ id, state: 'succeeded', kind: 'get' });
    expect((await ueprov(environment, 'ops', 'ue1')).out).toContain(`${id}  succeeded`);
    const other = await ueprov(environment, 'get', 'ue1', './DevInfo/Mod', '--key', 'once');
    expect(other.code).toBe(7);
  });

  test('a secret is written, and never shown', async () => {
    const secret = './PktcUsr/IMPI/1/Credentials';
    const { code, out } = await tree('set', 'ue1', `${secret}=a-new-password`, '--json');
    expect(code).toBe(0);
    expect(out).not.toContain('a-new-password');
    expect(JSON.parse(out)).toMatchObject({ commands: [{ data: '*****', status: 200 }] });
  });

  test.each([
    [['get', 'ue9', './A'], 1, 'no device has ue9'],
    [['get', 'ue1', './A B'], 2, 'is no address of a node'],
    [['set', 'ue1', './A'], 2, 'has no value: write PATH=VALUE'],
    [['set', 'ue1', './A=@/no/such/file'], 2, 'cannot be read'],
    [['copy', 'ue1', './A'], 2, "missing required argument 'to'"],
    [['get', 'ue1', './A', '--timeout', 'soon'], 2, '--timeout: soon is no duration'],
    [['op', 'nothing'], 1, 'There is no operation of this id.'],
    [['cancel', 'nothing'], 1, 'There is no operation of this id.'],
  ])('%j is called wrongly: exit %i, in words', async (args, code, words) => {
    const ran = await ueprov(environment, ...args);
    expect(ran.said).toContain(words);
    expect(ran.code).toBe(code);
  });

  test('a server that is not there, that is not named, and a token that is wrong', async () => {
    const nowhere = await ueprov({ UEPROV_URL: 'http://127.0.0.1:9' }, 'ls', 'ue1');
    expect(nowhere).toMatchObject({ code: 5, said: expect.stringContaining('cannot be reached') });
    const unnamed = await ueprov({}, 'ls', 'ue1');
    expect(unnamed).toMatchObject({ code: 2, said: expect.stringContaining('UEPROV_URL') });
    const wrong = await ueprov({ ...environment, UEPROV_TOKEN: 'wrong' }, 'ls', 'ue1');
    expect(wrong).toMatchObject({ code: 6, said: expect.stringContaining('UEPROV_TOKEN') });
    const fromConsole = { UEPROV_URL: `${lab.apiUrl}/#token=${lab.token}` };
    expect((await ueprov(fromConsole, 'ops', 'ue1')).code).toBe(0);
  });
});

describe('a device that makes contact by itself', () => {
  const NONCE = Buffer.alloc(16, 7).toString('base64');

  function document(data: string) {
    const own = { host: '127.0.0.1', port: 0 };
    const account = { name: 'ue1', secret: 'secret-of-ue', nonce: NONCE };
    return {
      data,
      sip: own,
      dm: { ...own, ServerID: SERVER_ID },
      api: own,
      profiles: [{ name: 'p', nodes: {} }],
      devices: [
        {
          DevId: 'urn:x:1',
          profile: 'p',
          CLCRED: account,
          SRVCRED: { secret: 'secret-of-server', nonce: NONCE },
        },
      ],
    };
  }

  async function started(data: string) {
    const server = await startProvisioningServer(serverConfig(document(data)));
    onTestFinished(() => server.close());
    return server;
  }

  /** The server in a process of its own, as an operator runs it: it can be killed. */
  async function inItsProcess(data: string) {
    const file = join(data, 'server.yaml');
    await writeFile(file, JSON.stringify(document(join(data, 'store'))));
    const main = join(import.meta.dirname, '../packages/cli/src/main.ts');
    const args = ['--conditions=source', main, 'server', 'run', '--config', file];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (printed.includes('#token=')) break;
    }
    const [, dmUrl = ''] = /^OMA DM +(\S+)$/m.exec(printed) ?? [];
    const [, UEPROV_URL = ''] = /^Console +(\S+)$/m.exec(printed) ?? [];
    const killed = async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    };
    return { dmUrl, environment: { UEPROV_URL }, killed };
  }

  async function opened() {
    const data = await mkdtemp(join(tmpdir(), 'ueprov-tree-'));
    const server = await started(data);
    const environment = { UEPROV_URL: server.apiUrl, UEPROV_TOKEN: server.firstRunToken ?? '' };
    const url = server.dmUrl;
    return {
      data,
      server,
      environment,
      post: posting(url),
      device: new TestDevice({ tree: vendorTree() }),
    };
  }

  function posting(dmUrl: string) {
    return async (bytes: Uint8Array, token: string | undefined) => {
      const url = token === undefined ? dmUrl : `${dmUrl}?s=${token}`;
      const headers = requestHeaders('wbxml', 'test');
      const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(bytes) });
      return new Uint8Array(await answer.arrayBuffer());
    };
  }

  test('what waits says why, and is done at the next contact', async () => {
    const { environment, post, device } = await opened();
    const asked = await ueprov(environment, 'get', 'urn:x:1', './Diag/Note', '--wait=1s');
    expect(asked.code).toBe(5);
    expect(asked.said).toContain('queued: No public identity (IMPU) of the device is known.');
    expect(asked.said).toMatch(/it goes on: `ueprov tree op \S+ --wait` waits/);
    const [, id = ''] = /tree op (\S+)/.exec(asked.said) ?? [];
    await device.playOver(post);
    expect(await ueprov(environment, 'op', id, '--wait')).toMatchObject({
      code: 0,
      out: './Diag/Note  first\n',
    });
  });

  test('large values go over from a file and come back into one, octet by octet', async () => {
    const { environment, post, device, data } = await opened();
    const octets = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));
    await writeFile(join(data, 'in'), octets);
    const add = ['add', 'urn:x:1', `./Diag/Blob=@${join(data, 'in')}`, '--next-contact'];
    expect((await ueprov(environment, ...add)).code).toBe(0);
    const get = (await ueprov(environment, 'get', 'urn:x:1', './Diag/Blob', '--next-contact')).out;
    await device.playOver(post);
    const out = join(data, 'out');
    expect((await ueprov(environment, 'op', get.trim(), '--wait', '--out', out)).code).toBe(0);
    expect(octets.equals(await readFile(out))).toBe(true);
  });

  test('exec: 202 runs on, and the Alert with its Correlator ends it', async () => {
    const { environment, post, device } = await opened();
    const id = (await ueprov(environment, 'exec', 'urn:x:1', './Diag/Run')).out.trim();
    await device.playOver(post);
    const running = await ueprov(environment, 'op', id);
    expect(running).toMatchObject({ code: 5, out: expect.stringContaining('running: The device') });
    const item = {
      Source: { LocURI: './Diag/Run' },
      Meta: { Format: 'chr', Type: 'com.example.diag.done' },
      Data: '<ResultCode>1200</ResultCode>',
    };
    const alert = {
      kind: 'Alert',
      CmdID: '',
      Data: '1226',
      Correlator: id,
      Items: [item],
    } as const;
    await device.again('A8', { alerts: [alert] }).playOver(post);
    const ended = await ueprov(environment, 'op', id);
    expect(ended.out).toContain('./Diag/Run  202 Accepted for processing, ended with 1200');
    expect(ended.code).toBe(0);
  });

  test('AC-57: killed in the middle, the server calls a change that was sent unknown, and loses nothing', async () => {
    const data = await mkdtemp(join(tmpdir(), 'ueprov-killed-'));
    const first = await inItsProcess(data);
    const device = new TestDevice({ tree: vendorTree() });
    const asked = async (...args: string[]) =>
      (await ueprov(first.environment, ...args, '--next-contact')).out.trim();
    const change = await asked('set', 'urn:x:1', './Diag/Note=second');
    const read = await asked('get', 'urn:x:1', './Diag/Note');
    const opening = device.next()!;
    const answer = await posting(first.dmUrl)(opening.bytes, opening.origin.token);
    device.take(opening.bytes, answer);
    expect((await ueprov(first.environment, 'op', change)).out).toContain('in session');
    await first.killed();
    const again = await started(join(data, 'store'));
    const [, UEPROV_TOKEN = ''] = first.environment.UEPROV_URL.split('#token=');
    const there = { UEPROV_URL: again.apiUrl, UEPROV_TOKEN };
    const lost = await ueprov(there, 'op', change);
    expect(lost.code).toBe(5);
    expect(lost.said).toContain('unknown: The server was stopped after ./Diag/Note was sent');
    await device.again('A8').playOver(posting(again.dmUrl));
    expect(await ueprov(there, 'op', read)).toMatchObject({
      code: 0,
      out: './Diag/Note  second\n',
    });
  });

  test('cancelled before any session: never sent', async () => {
    const { environment, post, device } = await opened();
    const id = (await ueprov(environment, 'set', 'urn:x:1', './Diag/Note=x')).out.trim();
    expect((await ueprov(environment, 'cancel', id)).out).toBe(`${id} cancelled\n`);
    await device.playOver(post);
    expect(device.tree.text('./Diag/Note')).toBe('first');
    expect((await ueprov(environment, 'cancel', id)).code).toBe(7);
    expect((await ueprov(environment, 'op', id)).code).toBe(1);
  });
});
