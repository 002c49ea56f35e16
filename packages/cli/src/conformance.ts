/** `ueprov conformance`: the kit against a client, against a server, and against our own two sides and their mutants. */
import { readFile, writeFile } from 'node:fs/promises';
import {
  type AccountFacts,
  type CaseResult,
  CLIENT_CASES,
  ClientBench,
  type ClientGround,
  formatHtml,
  formatJson,
  formatJunit,
  formatLine,
  formatTally,
  Listener,
  PCscf,
  type Report,
  runCases,
  runCommand,
  SCscf,
  type Scheme,
  SERVER_CASES,
  ServerBench,
  STANDARD_GROUND,
  triggeredBy,
  triggeredByHand,
  tryMutants,
  tryOurServer,
  tryOurUe,
} from '@ueprov/testbed';
import { encodingOf, UsageError } from './exit.ts';

export interface ReportOptions {
  readonly json?: boolean;
  readonly junit?: string;
  readonly html?: string;
  readonly only?: string;
}

export interface AccountOptions {
  readonly serverId: string;
  readonly devId: string;
  readonly scheme: string;
  readonly clientName: string;
  readonly clientSecretEnv: string;
  readonly clientNonce: string;
  readonly serverName?: string;
  readonly serverSecretEnv: string;
  readonly serverNonce: string;
}

export interface ClientOptions extends ReportOptions, AccountOptions {
  readonly listen: string;
  readonly core?: string;
  readonly trigger?: string;
  readonly notify?: boolean;
  readonly ground?: string;
  readonly patience: string;
}

export interface ServerOptions extends ReportOptions, AccountOptions {
  readonly url: string;
  readonly encoding: string;
  readonly patience: string;
  readonly sip?: string;
  readonly impu?: string;
  readonly core: string;
  readonly wake?: string;
}

export async function conformClient(options: ClientOptions): Promise<void> {
  const facts = factsOf(options);
  const { host, port } = addressOf('--listen', options.listen);
  const patienceMs = msOf(options.patience);
  const ground = await groundOf(options.ground);
  const listener = await Listener.open(host, port);
  let pCscf: PCscf | undefined;
  try {
    pCscf = await coreOf(options.core);
    const url = `http://${options.listen.replace(/:\d+$/, '')}:${listener.port}/dm`;
    console.error(`The client's server is ${url}`);
    await pCscf?.registered();
    const client = pCscf?.client(ground) ?? triggered(options, ground);
    const bench = new ClientBench({ facts, client, listener, url, patienceMs });
    const results = await runCases(CLIENT_CASES, bench, { only: namesOf(options), onResult: show });
    await report({ side: 'client', peer: facts.DevId, at: now(), results }, options);
  } finally {
    await listener.close();
    pCscf?.close();
  }
}

async function coreOf(core: string | undefined): Promise<PCscf | undefined> {
  if (core === undefined) return undefined;
  const { host, port } = addressOf('--core', core);
  const pCscf = await PCscf.open(host, port);
  console.error(`The client's P-CSCF is ${pCscf.address.address}:${pCscf.address.port}/udp`);
  return pCscf;
}

function triggered({ trigger, notify }: ClientOptions, ground: ClientGround) {
  const byHand = () => console.error('Make the client open a session.');
  return trigger === undefined
    ? triggeredByHand(byHand, ground)
    : triggeredBy(trigger, notify ?? false, ground);
}

export async function conformServer(options: ServerOptions): Promise<void> {
  const facts = factsOf(options);
  const { url } = options;
  if (URL.parse(url) === null) throw new UsageError(`--url: ${url} is no URL`);
  const encoding = encodingOf(options.encoding);
  const patienceMs = msOf(options.patience);
  const sCscf = await sCscfOf(options, patienceMs);
  try {
    const server = { url, ...(sCscf && { wake: () => sCscf.wake() }) };
    const bench = new ServerBench({ facts, server, encoding, patienceMs });
    const results = await runCases(SERVER_CASES, bench, { only: namesOf(options), onResult: show });
    await bench.settle();
    await report({ side: 'server', peer: url, at: now(), results }, options);
  } finally {
    sCscf?.close();
  }
}

async function sCscfOf(options: ServerOptions, patienceMs: number): Promise<SCscf | undefined> {
  const { sip, impu: IMPU, core, wake } = options;
  if (sip === undefined) return undefined;
  if (IMPU === undefined) throw new UsageError('--sip needs --impu: whom the server would wake');
  const { host: address, port } = addressOf('--sip', sip);
  const own = addressOf('--core', core);
  const ask = wake === undefined ? undefined : () => runCommand(wake);
  return SCscf.open({ ...own, server: { address, port }, IMPU, patienceMs, ...(ask && { ask }) });
}

/** Names of nodes, as in `ClientGround`; what a file does not name is as every client has it. */
async function groundOf(file: string | undefined): Promise<ClientGround> {
  if (file === undefined) return STANDARD_GROUND;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error}`);
  });
  return { ...STANDARD_GROUND, ...groundIn(file, text) };
}

function groundIn(file: string, text: string): Partial<ClientGround> {
  const known = new Set(['parent', 'readOnly', 'permanent', 'bool', 'int', 'secret', 'exec']);
  try {
    const parsed: unknown = JSON.parse(text);
    const entries = Object.entries(parsed ?? {});
    const isGood = entries.every(([name, value]) =>
      name === 'leaves'
        ? Array.isArray(value) && value.length === 2 && value.every(isText)
        : known.has(name) && isText(value),
    );
    if (isGood) return Object.fromEntries(entries);
  } catch {
    // Said below.
  }
  throw new UsageError(`${file} is no JSON object of addresses; ueprov conformance client --help`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export interface SelfOptions {
  readonly json?: boolean;
  readonly only?: string;
}

export async function conformSelf(options: SelfOptions): Promise<void> {
  const only = namesOf(options);
  const server = await tryOurServer({ only, onResult: show });
  const client = await tryOurUe({ only, onResult: show });
  const mutants =
    only.length > 0
      ? undefined
      : await tryMutants([], (side, { mutant, fault, cases }) => {
          const by = cases.length > 0 ? `caught by ${cases.join(' ')}` : 'NOT CAUGHT';
          console.error(`${side} mutant ${mutant} (${fault}): ${by}`);
        });
  const made = mutants === undefined ? 0 : mutants.caught.length + mutants.uncaught.length;
  const sums = {
    server: sumsOf(server),
    client: sumsOf(client),
    mutants: {
      made,
      caught: mutants?.caught.length ?? 0,
      idleCases: mutants?.idleCases ?? [],
    },
  };
  if (options.json) console.log(JSON.stringify(sums));
  else {
    console.log(`server: ${formatTally(server)}`);
    console.log(`client: ${formatTally(client)}`);
    if (mutants !== undefined) {
      console.log(`mutants: ${made}, ${sums.mutants.caught} of them caught`);
      console.log(`cases that no mutant fails: ${sums.mutants.idleCases.join(', ') || 'none'}`);
    }
  }
  const isBad =
    sums.server.failed + sums.client.failed + sums.mutants.idleCases.length > 0 ||
    sums.mutants.caught < made;
  if (isBad) process.exitCode = 1;
}

/** A case that was not passed by our own side has failed, whatever it says of itself. */
function sumsOf(results: readonly CaseResult[]) {
  const passed = results.filter(({ verdict }) => verdict === 'pass').length;
  return { cases: results.length, passed, failed: results.length - passed };
}

function show(result: CaseResult): void {
  console.error(formatLine(result));
}

async function report(written: Report, options: ReportOptions): Promise<void> {
  if (options.junit !== undefined) await writeFile(options.junit, formatJunit(written));
  if (options.html !== undefined) await writeFile(options.html, formatHtml(written));
  if (options.json) process.stdout.write(formatJson(written));
  else console.log(formatTally(written.results));
  if (written.results.some(({ verdict }) => verdict === 'fail')) process.exitCode = 1;
}

function namesOf({ only }: { readonly only?: string }): readonly string[] {
  return only === undefined ? [] : only.split(',').map((name) => name.trim());
}

function factsOf(options: AccountOptions): AccountFacts {
  const { serverId, devId, clientName, serverName = serverId } = options;
  return {
    scheme: schemeOf(options.scheme),
    ServerID: serverId,
    DevId: devId,
    client: {
      name: clientName,
      secret: secretOf(options.clientSecretEnv),
      nonce: options.clientNonce,
    },
    server: {
      name: serverName,
      secret: secretOf(options.serverSecretEnv),
      nonce: options.serverNonce,
    },
  };
}

function schemeOf(text: string): Scheme {
  if (text === 'basic' || text === 'md5' || text === 'hmac') return text;
  throw new UsageError(`--scheme is basic, md5 or hmac, not ${text}`);
}

/** Secrets come from the environment: an argument would stand in every list of processes. */
function secretOf(name: string): string {
  const secret = process.env[name];
  if (secret === undefined) throw new UsageError(`there is no environment variable ${name}`);
  return secret;
}

function addressOf(option: string, text: string): { host: string; port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new UsageError(`${option} is an address and a port, as 127.0.0.1:8080, not ${text}`);
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function msOf(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms > 0 && ms <= 600_000) return ms;
  throw new UsageError(`--patience is a number of milliseconds, not ${text}`);
}

function now(): string {
  return new Date().toISOString();
}
