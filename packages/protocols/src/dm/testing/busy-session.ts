/**
 * One session in which everything happens: challenges both ways, groups, a question, an action, objects in chunks both
 * ways. What REPPRO says of every message is asked of all of its messages.
 */
import { decodeSyncML } from '../../syncml/decode.ts';
import { encodeSyncML } from '../../syncml/encode.ts';
import type { Alert, Command, SyncML } from '../../syncml/message.ts';
import { credentialOf } from '../auth.ts';
import type { SessionOperation } from '../server-interface.ts';
import { type Direction, Pair, sampleTree } from './pair.ts';

export const BIG = Array.from({ length: 300 }, (_, index) => `line ${index} <&>`).join('\n');

const NO_OPTIONS = { MINDT: 0 };
const count = (id: string, Data: string): SessionOperation & { kind: 'Replace' } => ({
  id,
  kind: 'Replace',
  uri: './XX/YY/Count',
  Format: 'int',
  Data,
});

const ROUNDS: readonly (readonly SessionOperation[])[] = [
  [
    { id: 'add', kind: 'Add', uri: './XX/New', Data: 'a' },
    { id: 'get', kind: 'Get', uri: './XX/New' },
    { id: 'atomic', kind: 'Atomic', operations: [count('in-atomic', '2')] },
    { id: 'sequence', kind: 'Sequence', operations: [count('1st', '3'), count('2nd', '4')] },
    { id: 'missing', kind: 'Delete', uri: './XX/Nowhere' },
    { id: 'copy', kind: 'Copy', uri: './XX/Copied', source: './XX/New' },
    { id: 'exec', kind: 'Exec', uri: './XX/New', Correlator: 'c1' },
    {
      id: 'ask',
      kind: 'Ask',
      question: { kind: 'confirm', text: 'Sure?', choices: [], options: NO_OPTIONS },
    },
  ],
  [
    { id: 'big', kind: 'Replace', uri: './XX/New', Data: BIG },
    { id: 'get big', kind: 'Get', uri: './XX/New' },
  ],
];

const EVENT: Alert = {
  kind: 'Alert',
  CmdID: '',
  Data: '1226',
  Items: [{ Meta: { Type: 'Reversed-Domain-Name: example.test' }, Data: 'e' }],
};

/** Every message goes over in WBXML and is read again, as on the wire. */
export function busySession(alerts: readonly Alert[] = [EVENT]): Pair {
  const nonce = new Uint8Array(16);
  const CLCRED = credentialOf('md5', 'device', 'one', nonce);
  const SRVCRED = credentialOf('md5', 'server', 'two', nonce);
  const late = new Uint8Array(16).fill(7);
  return new Pair({
    plan: (round) => ROUNDS[round] ?? [],
    device: (effect) =>
      effect.kind === 'ask' ? { kind: 'answered', answer: { kind: 'accepted' } } : undefined,
    tamper: (message) => decodeSyncML(encodeSyncML(message, 'wbxml'), 'wbxml'),
    client: {
      // Nonces that were lost: each side has to challenge the other.
      CLCRED: credentialOf('md5', 'device', 'one', late),
      SRVCRED: credentialOf('md5', 'server', 'two', late),
      tree: sampleTree(),
      alerts,
      hasUser: true,
      MaxMsgSize: 2500,
    },
    server: { account: { CLCRED, SRVCRED }, MaxMsgSize: 3000 },
  }).run();
}

/** What one side sent, in order. */
export function sentFrom(pair: Pair, from: 'client' | 'server'): readonly SyncML[] {
  return pair.wire.flatMap((sent) => (sent.from === from ? [sent.message] : []));
}

/** The commands of a message, what is in a container after it. */
export function commandsIn(commands: readonly Command[]): readonly Command[] {
  return commands.flatMap((command) => [
    command,
    ...('commands' in command ? commandsIn(command.commands) : []),
  ]);
}

export const SIDES: readonly (readonly ['client' | 'server', Direction])[] = [
  ['client', 'to-server'],
  ['server', 'to-client'],
];
