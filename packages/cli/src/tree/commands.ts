/** The options of `ueprov tree`: every command of OMA DM on one device, from a terminal. */
import type { Command } from 'commander';
import { PROCESS_STREAMS, type Streams } from '../syncml/streams.ts';
import type { Verb } from './command-words.ts';
import type { OperateOptions } from './operate.ts';

type Finish = (exitCode: number) => void;

/** `finish` is told the exit code of what was done. */
export function addTreeCommands(
  program: Command,
  streams: Streams = PROCESS_STREAMS,
  finish: Finish = (exitCode) => {
    process.exitCode = exitCode;
  },
): void {
  const tree = program
    .command('tree')
    .description('one device by hand: read and change its management tree')
    .addHelpText('after', EXAMPLES);
  addVerbs(tree, streams, finish);
  addBatch(tree, streams, finish);
  addFollowing(tree, streams, finish);
}

const EXAMPLES = `
DEVICE is a DevId, an IMPU, or any part that only one device has. The server is that of --api or UEPROV_URL,
the token that of UEPROV_TOKEN; the console's address, as the server prints it, is good for both.

Examples:
  ueprov tree ls ue1 --wait
  ueprov tree get ue1 ./DevInfo/Man ./DevDetail/SwV --wait=20s
  ueprov tree set ue1 ./PktcUE/Op/1/STUNPort=3479 --wait
  ueprov tree add ue1 ./PktcUE/Op/1/Logo=@logo.png --format bin --wait
  ueprov tree acl ue1 ./PktcUE 'Get=*&Replace=prov.example' --wait
  ueprov tree op 0mf3k...   (what came of an operation that was not waited for)`;

interface VerbWords {
  readonly verb: Verb;
  readonly args: string;
  readonly description: string;
  readonly options: readonly ('list' | 'prop' | 'value' | 'atomic' | 'force' | 'out')[];
  readonly example: string;
}

const VERBS: readonly VerbWords[] = [
  {
    verb: 'ls',
    args: '[path...]',
    description: 'the children of interior nodes, or with -r a whole sub-tree',
    options: ['list'],
    example: 'ueprov tree ls ue1 ./DevDetail -r --wait',
  },
  {
    verb: 'get',
    args: '<path...>',
    description: 'values, or a property of them',
    options: ['list', 'prop', 'out'],
    example: 'ueprov tree get ue1 ./DevInfo/Man --prop Format --wait',
  },
  {
    verb: 'set',
    args: '<path=value...>',
    description: 'change values (Replace); PATH=@FILE takes it from a file',
    options: ['prop', 'value', 'atomic', 'force'],
    example:
      'ueprov tree set ue1 ./PktcUE/Op/1/STUNPort=3479 ./PktcUE/Op/1/STUNAddr=stun.test --atomic --wait',
  },
  {
    verb: 'add',
    args: '<path=value...>',
    description: 'make nodes; without a value an interior node with --format node',
    options: ['value', 'atomic'],
    example: 'ueprov tree add ue1 ./PktcUE/Op/1/BSF/2 --format node --wait',
  },
  {
    verb: 'rm',
    args: '<path...>',
    description: 'delete nodes with all below them',
    options: ['atomic', 'force'],
    example: 'ueprov tree rm ue1 ./PktcUE/Op/1/BSF/2 --wait',
  },
  {
    verb: 'exec',
    args: '<path=value...>',
    description: 'start an action; one that goes on ends with the Alert that tells it',
    options: ['value'],
    example: 'ueprov tree exec ue1 ./Diag/Ping/Run --wait=2m',
  },
  {
    verb: 'acl',
    args: '<path> [acl]',
    description: 'who may do what with a node, or change it',
    options: [],
    example: "ueprov tree acl ue1 ./PktcUE 'Get=*&Replace=prov.example' --wait",
  },
  {
    verb: 'copy',
    args: '<from> <to>',
    description: 'the value of one leaf to another',
    options: ['force'],
    example: 'ueprov tree copy ue1 ./PktcUE/Op/1/STUNAddr ./PktcUE/Op/1/Dns/1/Addr --wait',
  },
];

function addVerbs(tree: Command, streams: Streams, finish: Finish): void {
  for (const { verb, args, description, options, example } of VERBS) {
    const command = tree.command(`${verb} <device> ${args}`).description(description);
    if (options.includes('list')) {
      command.option('--list <what>', 'Struct, StructData, TNDS, or TNDS with properties');
    }
    if (verb === 'ls') command.option('-r, --recursive', 'the whole sub-tree with its values');
    if (options.includes('prop')) {
      command.option('--prop <name>', 'ACL, Format, Name, Size, Title, TStamp, Type or VerNo');
    }
    if (options.includes('value')) {
      command.option('--format <format>', 'chr, int, bool, bin, node ...');
      command.option('--type <type>', 'MIME type of the value');
    }
    if (options.includes('atomic')) command.option('--atomic', 'all of it or nothing');
    if (options.includes('force')) forcing(command);
    if (options.includes('out')) command.option('--out <file>', 'write the value there, as octets');
    asking(command)
      .addHelpText('after', `\nExample:\n  ${example}`)
      .action((device: string, ...rest: unknown[]) =>
        run(verb, device, rest, streams).then(finish),
      );
  }
}

function addBatch(tree: Command, streams: Streams, finish: Finish): void {
  const command = tree
    .command('batch <device> [file]')
    .description('several commands in one operation, one per line of a file')
    .option('--atomic', 'all of it or nothing');
  asking(forcing(command))
    .addHelpText(
      'after',
      "\nExample:\n  printf 'set ./A/B=1\\nrm ./A/C\\n' | ueprov tree batch ue1 --wait",
    )
    .action((device: string, ...rest: unknown[]) =>
      run('batch', device, rest, streams).then(finish),
    );
}

/** Commander gives the arguments as they stand, then the options, then the command. */
async function run(
  verb: Verb | 'batch',
  device: string,
  rest: readonly unknown[],
  streams: Streams,
): Promise<number> {
  const options = rest.at(-2) as OperateOptions;
  const words = rest
    .slice(0, -2)
    .flat()
    .filter((word) => typeof word === 'string');
  const { operate } = await import('./operate.ts');
  return operate(verb, device, words, options, streams);
}

function addFollowing(tree: Command, streams: Streams, finish: Finish): void {
  waiting(tree.command('op <id>'))
    .description('what came of an operation')
    .option('--out <file>', 'write its value there, as octets')
    .action(async (id, options) => {
      const { showOperation } = await import('./operate.ts');
      finish(await showOperation(id, options, streams));
    });
  server(tree.command('ops <device>'))
    .description('the operations of a device, newest first')
    .option('--state <state>', 'queued, woken, in-session, running, succeeded, failed ...')
    .option('--limit <n>', 'how many', '20')
    .action(async (device, options) => {
      const { listOperations } = await import('./operate.ts');
      finish(await listOperations(device, options, streams));
    });
  server(tree.command('cancel <id>'))
    .description('end an operation that no session has taken')
    .action(async (id, options) => {
      const { cancelOperation } = await import('./operate.ts');
      finish(await cancelOperation(id, options, streams));
    });
}

function forcing(command: Command): Command {
  return command.option('--force', "even what can take the server's own account off the device");
}

function asking(command: Command): Command {
  return waiting(command)
    .option('--next-contact', 'do not wake the device: it waits for the next session')
    .option('--timeout <time>', 'when it expires if no session has taken it; 1d if not given')
    .option('--key <key>', 'the same key again is the same operation');
}

function waiting(command: Command): Command {
  return server(command).option('--wait [time]', 'wait for the result, 30s if not told otherwise');
}

function server(command: Command): Command {
  return command
    .option('--api <url>', "the server's API or console; UEPROV_URL if not given")
    .option('--json', 'the operation as one line of JSON');
}
