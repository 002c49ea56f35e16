/** `ueprov lab`: starts the lab and shows it, as a ladder and a table for people or as JSON lines for programs. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Transport } from '@ueprov/protocols/sip';
import { encodingOf, UsageError } from '../exit.ts';
import { untilStopped } from '../signals.ts';
import { DM_SCHEMES, type DmScheme, SIP_AUTHS, type SipAuth } from './accounts.ts';
import { readGuests } from './guests.ts';
import { type Lab, startLab, TRANSPORTS } from './lab.ts';
import { report } from './progress.ts';
import { Show } from './show.ts';

export interface LabCommandOptions {
  readonly ues: string;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly encoding: string;
  readonly auth: string;
  readonly sipAuth: string;
  readonly keep?: string;
  readonly transport: string;
  readonly ipv6?: boolean;
  readonly bind?: string;
  readonly ports?: string;
  readonly subscriber?: string;
}

/** A lab is for looking at; fleets are another command's business. */
const UES_MAX = 500;
const PATIENCE_MS = 30_000;

export async function runLabCommand(options: LabCommandOptions): Promise<void> {
  const guests = options.subscriber === undefined ? [] : await readGuests(options.subscriber);
  const ues = countOf(options.ues, guests.length > 0 ? 0 : 1);
  const encoding = encodingOf(options.encoding);
  const isJson = options.json ?? false;
  const show = new Show({ isJson, isColoured: process.stdout.hasColors?.() ?? false });
  const done = Promise.withResolvers<void>();
  const stopped = untilStopped();
  const beganAt = performance.now();
  const consoleDir = builtConsole();
  const lab: Lab = await startLab({
    ues,
    encoding,
    auth: schemeOf(options.auth),
    sipAuth: sipAuthOf(options.sipAuth),
    transport: transportOf(options.transport),
    isIPv6: options.ipv6 ?? false,
    ...(options.bind !== undefined && { bind: addressOf(options.bind) }),
    hasFixedPorts: hasFixedPorts(options.ports),
    guests,
    ...(options.keep !== undefined && { keep: options.keep }),
    ...(consoleDir !== undefined && { consoleDir }),
    onArrow: (ue, arrow, at) => show.arrow(ue, arrow, at),
    onProgress: (progress) => progress.isDone && done.resolve(),
    onLog: (level, text) => show.log(level, text),
  });
  try {
    for (const text of lab.guestTexts) show.account(text);
    // Without UEs of its own, there is nothing to wait for.
    if (lab.progress.isDone) done.resolve();
    await Promise.race([done.promise, patience(), stopped]);
    show.finished(lab, {
      isKept: options.keep !== undefined,
      isOver: options.once ?? false,
      tookMs: Math.round(performance.now() - beganAt),
    });
    if (isJson) for (const ue of lab.progress.ues) console.log(JSON.stringify(report(ue)));
    for (const line of lab.progress.missing()) console.error(line);
    if (!options.once) {
      show.hint('Press Ctrl-C to end the lab.');
      await stopped;
    } else if (!lab.progress.isDone) process.exitCode = 1;
  } finally {
    await lab.close();
  }
}

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
}

function countOf(text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least && count <= UES_MAX) return count;
  throw new UsageError(`--ues is a number from ${least} to ${UES_MAX}, not ${text}`);
}

/** An address, not a name and not all of them: it is what devices are told to go to. */
function addressOf(text: string): string {
  const isAny = text === '0.0.0.0' || /^[0:]+$/.test(text);
  if (isIP(text) !== 0 && !isAny) return text;
  throw new UsageError(`--bind is one IP address of this machine, not ${text}`);
}

function hasFixedPorts(text: string | undefined): boolean {
  if (text === undefined || text === 'any') return false;
  if (text === 'fixed') return true;
  throw new UsageError(`--ports is any or fixed, not ${text}`);
}

function schemeOf(text: string): DmScheme {
  const scheme = DM_SCHEMES.find((each) => each === text);
  if (scheme !== undefined) return scheme;
  throw new UsageError(`there is no authentication ${text}: use ${DM_SCHEMES.join(', ')}`);
}

function transportOf(text: string): Transport {
  const transport = TRANSPORTS.find((each) => each === text);
  if (transport !== undefined) return transport;
  throw new UsageError(`there is no transport ${text}: use ${TRANSPORTS.join(', ')}`);
}

function sipAuthOf(text: string): SipAuth {
  const auth = SIP_AUTHS.find((each) => each === text);
  if (auth !== undefined) return auth;
  throw new UsageError(`there is no SIP authentication ${text}: use ${SIP_AUTHS.join(', ')}`);
}

/** The console's pages, if they are built. */
function builtConsole(): string | undefined {
  const dir = fileURLToPath(new URL('../../../console/dist', import.meta.url));
  return existsSync(dir) ? dir : undefined;
}
