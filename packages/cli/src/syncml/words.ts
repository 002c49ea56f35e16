/** `ueprov syncml status` and `alert`: codes in words. RepPro 1.2.2 §10; OMA-DMREPPRO 1.2 §5.4. */
import { ALERT_TEXTS, alertText, STATUS_TEXTS, statusText } from '@ueprov/protocols/syncml';
import { UsageError } from '../exit.ts';
import type { Streams } from './streams.ts';

/** One status, or all without a code. The exit code is 1 for a code that no standard has. */
export function status(code: string | undefined, streams: Streams): number {
  if (code === undefined) return list(STATUS_TEXTS, streams);
  requireCode(code, /^[1-5]\d\d$/, 'a status is a number from 100 to 599');
  streams.write(`${code} ${statusText(code)}\n`);
  if (STATUS_TEXTS.has(Number(code))) return 0;
  streams.say(`${code} is not registered: a receiver goes by its first digit`);
  return 1;
}

/** One alert, or all without a code. The exit code is 1 for a code that OMA DM does not have. */
export function alert(code: string | undefined, streams: Streams): number {
  if (code === undefined) return list(ALERT_TEXTS, streams);
  requireCode(code, /^\d{1,6}$/, 'an alert is a number');
  streams.write(`${code} ${alertText(code)}\n`);
  return ALERT_TEXTS.has(Number(code)) ? 0 : 1;
}

function list(texts: ReadonlyMap<number, string>, streams: Streams): number {
  for (const [code, text] of texts) streams.write(`${code} ${text}\n`);
  return 0;
}

function requireCode(code: string, pattern: RegExp, message: string): void {
  if (!pattern.test(code)) throw new UsageError(`${message}, not ${code}`);
}
