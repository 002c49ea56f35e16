/**
 * `ueprov tree`: one operation from the wish to what came of it. Without `--wait` its id is all that is printed.
 *
 * The API is asked for the next change of the operation, not every so often: what is shown is what happened.
 */
import { writeFile } from 'node:fs/promises';
import type { Operation, OperationSummary } from '@ueprov/provisioning-server/api';
import { ApiClient, apiAddress } from '../api-client.ts';
import { CommandFailure, EXIT, UsageError } from '../exit.ts';
import type { Streams } from '../syncml/streams.ts';
import { batchOf, commandsOf, type Verb, type WishedCommand } from './command-words.ts';
import { deviceNamed } from './device.ts';
import { durationS } from './duration.ts';
import { octetsOf, resultLines } from './show.ts';
import { exitCodeOfOperation, hintOf, progressWords, statusWords } from './verdict.ts';

export interface ServerOptions {
  readonly api?: string;
  readonly json?: boolean;
}

export interface WaitOptions extends ServerOptions {
  /** True: as long as usual. */
  readonly wait?: string | true;
}

export interface OperateOptions extends WaitOptions {
  readonly nextContact?: boolean;
  readonly timeout?: string;
  readonly key?: string;
  readonly atomic?: boolean;
  readonly force?: boolean;
  readonly prop?: string;
  readonly list?: string;
  readonly recursive?: boolean;
  readonly format?: string;
  readonly type?: string;
  readonly out?: string;
}

const WAIT_DEFAULT_S = 30;
/** What the API lets one request wait. */
const WAIT_STEP_S = 25;

/** `words` are what stands after the device. Gives the exit code. */
export async function operate(
  verb: Verb | 'batch',
  device: string,
  words: readonly string[],
  options: OperateOptions,
  streams: Streams,
): Promise<number> {
  const waitS = waitOf(options);
  if (options.out !== undefined && waitS === undefined) {
    throw new UsageError('--out needs --wait: the value comes with the result');
  }
  const commands = await wished(verb, words, options, streams);
  const client = clientOf(options, streams);
  const id = await deviceNamed(client, device);
  const { nextContact = false, atomic = false, force = false, timeout, key } = options;
  const { body } = await client.ask<Operation>(`/devices/${encodeURIComponent(id)}/operations`, {
    method: 'POST',
    body: {
      commands,
      atomic,
      wake: !nextContact,
      ...(force && { force }),
      ...(timeout !== undefined && { timeout: durationS(timeout, '--timeout') }),
    },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
  if (body === undefined) throw new CommandFailure(EXIT.failed, 'the API gave no operation');
  return followed(client, body, device, waitS, options, streams);
}

async function wished(
  verb: Verb | 'batch',
  words: readonly string[],
  { recursive = false, list, ...options }: OperateOptions,
  { read }: Streams,
): Promise<readonly WishedCommand[]> {
  if (verb === 'batch') {
    const [file = '-'] = words;
    return batchOf(Buffer.from(await read(file)).toString(), read);
  }
  const what = recursive ? (list ?? 'StructData') : list;
  const paths = verb === 'ls' && words.length === 0 ? ['.'] : words;
  return commandsOf(verb, paths, { ...options, list: what }, read);
}

/** `ueprov tree op ID` */
export async function showOperation(
  id: string,
  options: WaitOptions & { readonly out?: string },
  streams: Streams,
): Promise<number> {
  const client = clientOf(options, streams);
  const operation = await readOperation(client, id);
  // Without --wait it is shown as it stands.
  if (waitOf(options) === undefined) return shown(operation, operation.device, options, streams);
  return followed(client, operation, operation.device, waitOf(options), options, streams);
}

/** `ueprov tree cancel ID` */
export async function cancelOperation(
  id: string,
  options: ServerOptions,
  streams: Streams,
): Promise<number> {
  const path = `/operations/${encodeURIComponent(id)}/cancel`;
  const { body } = await clientOf(options, streams).ask<Operation>(path, { method: 'POST' });
  streams.write(options.json ? `${JSON.stringify(body)}\n` : `${id} cancelled\n`);
  return 0;
}

/** `ueprov tree ops DEVICE` */
export async function listOperations(
  device: string,
  options: ServerOptions & { readonly state?: string; readonly limit?: string },
  streams: Streams,
): Promise<number> {
  const client = clientOf(options, streams);
  const id = await deviceNamed(client, device);
  const { state, limit = '20' } = options;
  const query = new URLSearchParams({ limit, ...(state !== undefined && { state }) });
  const path = `/devices/${encodeURIComponent(id)}/operations?${query}`;
  const { body } = await client.ask<{ items: OperationSummary[] }>(path);
  const items = body?.items ?? [];
  if (options.json) for (const item of items) streams.write(`${JSON.stringify(item)}\n`);
  else {
    for (const { id: operation, kind, uri, state: now, count } of items) {
      const more = count > 1 ? ` and ${count - 1} more` : '';
      streams.write(`${operation}  ${now.padEnd(10)}  ${kind} ${uri}${more}\n`);
    }
  }
  return 0;
}

async function followed(
  client: ApiClient,
  operation: Operation,
  target: string,
  waitS: number | undefined,
  options: ServerOptions & { readonly out?: string },
  streams: Streams,
): Promise<number> {
  if (waitS === undefined) {
    streams.write(options.json ? `${JSON.stringify(operation)}\n` : `${operation.id}\n`);
    return 0;
  }
  const last = await waited(client, operation, waitS, streams);
  return shown(last, target, options, streams);
}

/** Says every state that it comes to, with the seconds since the wish. */
async function waited(
  client: ApiClient,
  first: Operation,
  waitS: number,
  { say }: Streams,
): Promise<Operation> {
  const beganAt = performance.now();
  const passedS = (): number => (performance.now() - beganAt) / 1000;
  let operation = first;
  let said = '';
  for (;;) {
    const words = progressWords(operation);
    if (words !== said) say(`${passedS().toFixed(2).padStart(6)} s  ${words}`);
    said = words;
    const leftS = Math.ceil(waitS - passedS());
    if (operation.finishedAt !== null || leftS <= 0) return operation;
    operation = await readOperation(client, operation.id, operation, Math.min(leftS, WAIT_STEP_S));
  }
}

/** With `seen`: as soon as it is another, or after `waitS`. */
async function readOperation(
  client: ApiClient,
  id: string,
  seen?: Operation,
  waitS = 0,
): Promise<Operation> {
  const headers = seen && { 'if-none-match': `"${seen.version}"`, prefer: `wait=${waitS}` };
  const path = `/operations/${encodeURIComponent(id)}`;
  const { body = seen } = await client.ask<Operation>(path, { ...(headers && { headers }), waitS });
  if (body === undefined) throw new CommandFailure(EXIT.failed, 'the API gave no operation');
  return body;
}

async function shown(
  operation: Operation,
  target: string,
  { json = false, out }: ServerOptions & { readonly out?: string },
  { write, say }: Streams,
): Promise<number> {
  if (out !== undefined) await keep(operation, out);
  if (json) write(`${JSON.stringify(operation)}\n`);
  else if (operation.finishedAt !== null && out === undefined) {
    for (const line of resultLines(operation)) write(`${line}\n`);
  } else if (out === undefined) write(`${operation.id}  ${progressWords(operation)}\n`);
  const code = exitCodeOfOperation(operation);
  if (code !== 0) for (const line of complaints(operation, target)) say(`ueprov: ${line}`);
  return code;
}

/** What, where, and what to do. */
function complaints(operation: Operation, target: string): readonly string[] {
  const { id, state, commands } = operation;
  if (state === 'failed') {
    const refused = commands.filter(
      ({ status }) => status === null || status < 200 || status >= 213,
    );
    return refused.map((command) => {
      const hint = hintOf(command, target);
      return `${command.uri}: ${statusWords(command)}${hint === undefined ? '' : `; ${hint}`}`;
    });
  }
  const words = progressWords(operation);
  if (operation.finishedAt !== null) return [words];
  return [`${words}; it goes on: \`ueprov tree op ${id} --wait\` waits, \`cancel ${id}\` ends it`];
}

async function keep({ commands }: Operation, file: string): Promise<void> {
  const [result, ...others] = commands.flatMap(({ results }) => results);
  if (result === undefined) return;
  if (others.length > 0) throw new UsageError('--out keeps one value: get one path');
  await writeFile(file, octetsOf(result));
}

function clientOf({ api }: ServerOptions, { environment }: Streams): ApiClient {
  return new ApiClient(apiAddress(api, environment));
}

function waitOf({ wait }: WaitOptions): number | undefined {
  if (wait === undefined) return undefined;
  return wait === true ? WAIT_DEFAULT_S : durationS(wait, '--wait');
}
