/** What came of an operation: as an exit code, and in words that say what to do next. */
import { statusText } from '@ueprov/protocols/syncml';
import type { Operation, OperationCommand } from '@ueprov/provisioning-server/api';
import { EXIT } from '../exit.ts';

export function exitCodeOfOperation({ state, commands }: Operation): number {
  switch (state) {
    case 'succeeded':
      return 0;
    case 'failed':
      return commands.some(isDone) ? EXIT.partial : EXIT.refused;
    case 'cancelled':
      return EXIT.failed;
    default:
      return EXIT.unreachable;
  }
}

/** OMA-DMREPPRO 5.3: 2xx but for those that say that nothing stands. */
export function isDone({ status, outcome }: OperationCommand): boolean {
  if (status === null || status < 200 || status > 299) return false;
  const isTakenBack = status >= 213 && status <= 216;
  return !isTakenBack && (outcome === null || Math.floor((outcome % 1000) / 100) === 2);
}

/** `404 Not found`, or that nothing was said. */
export function statusWords({ state, status, outcome }: OperationCommand): string {
  if (status === null) return STATES[state];
  const words = `${status} ${statusText(status)}`;
  if (outcome !== null) return `${words}, ended with ${outcome}`;
  return state === 'running' ? `${words}, not ended yet` : words;
}

const STATES = {
  waiting: 'not sent',
  sent: 'sent, not answered',
  running: 'running',
  answered: 'not answered',
} as const;

/** What helps, where anything does. `target` is how the device was called. */
export function hintOf({ status, uri }: OperationCommand, target: string): string | undefined {
  switch (status) {
    case 404:
      return `there is no such node: \`ueprov tree ls ${target} ${parentOf(uri)}\` shows what there is, \`add\` makes it`;
    case 405:
      return 'the device never allows this command here: the node is permanent, or its AccessType says so';
    case 413:
      return 'the value is too large for the device';
    case 414:
      return 'the address is too long or too deep for the device: ./DevDetail/URI says what it takes';
    case 415:
      return 'the device does not take this format or type: see --format and --type';
    case 418:
      return 'it exists already: `set` changes it';
    case 420:
      return 'the device has no room for it';
    case 425:
      return `the ACL does not let this server do it: \`ueprov tree acl ${target} ${uri}\` shows it`;
    default:
      return undefined;
  }
}

function parentOf(uri: string): string {
  const cut = uri.replace(/\?.*$/, '').lastIndexOf('/');
  return cut <= 1 ? '.' : uri.slice(0, cut);
}

/** Where it stands, while it is waited for. */
export function progressWords(operation: Operation): string {
  const { state, reason, waking, wake, wakeReason, session } = operation;
  const because = reason === null ? '' : `: ${reason}`;
  switch (state) {
    case 'queued':
      return waking ? `queued${because}` : 'queued until the device makes contact';
    case 'woken':
      return wake === 'gave-up' ? `woken, in vain: ${wakeReason ?? 'no session came'}` : 'woken';
    case 'in-session':
      return `in session ${session ?? ''}`.trimEnd();
    default:
      return `${state}${because}`;
  }
}
