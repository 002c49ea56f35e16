/** `ueprov`: one command for the lab, the server, a UE, and the codecs. Each command loads only what it needs. */
import { Command, CommanderError } from 'commander';
import { addConformanceCommands } from './conformance-commands.ts';
import { exitCodeOf, UsageError } from './exit.ts';
import { addSyncmlCommands } from './syncml/commands.ts';
import { printable } from './syncml/paint.ts';
import { addTreeCommands } from './tree/commands.ts';

const VERSION = '0.1.0';

const program = new Command('ueprov')
  .description('PacketCable 2.0 UE Provisioning: OMA DM 1.2 over HTTP, woken by SIP.')
  .version(VERSION)
  .showHelpAfterError('(ueprov --help shows what there is)')
  .exitOverride();

program
  .command('lab')
  .description('run UEs, an IMS core and a Provisioning Server on loopback, and show what happens')
  .option('--ues <n>', 'how many UEs', '3')
  .option('--once', 'exit when every UE is verified and its event has arrived; non-zero after 30 s')
  .option('--json', 'one line of JSON per UE on standard output, nothing else')
  .option('--encoding <encoding>', 'wbxml or xml', 'wbxml')
  .option(
    '--auth <scheme>',
    'how UEs and server prove themselves: md5, basic, hmac, http-digest or http-basic',
    'md5',
  )
  .option('--sip-auth <name>', 'how UEs prove themselves in SIP: md5, sha-256 or aka', 'md5')
  .option('--transport <name>', 'how SIP travels: udp, tcp or tls', 'udp')
  .option('--ipv6', 'all of it on ::1')
  .option('--bind <address>', 'all of it on this address of the machine, for devices from outside')
  .option('--ports <which>', 'any, or fixed: SIP on 5060, OMA DM on 8090, the API on 8080', 'any')
  .option('--subscriber <file>', 'YAML list of devices from outside; prints the account of each')
  .option('--keep <dir>', 'keep stores, trees, logs and lab.json with every address there')
  .addHelpText('after', '\nExample:\n  ueprov lab --once --ues 10 --encoding xml')
  .action(async (options) => (await import('./lab/command.ts')).runLabCommand(options));

const server = program.command('server').description('the Provisioning Server');
server
  .command('run')
  .description('run the Provisioning Server until it is told to stop')
  .requiredOption('--config <file>', 'its YAML file')
  .addHelpText('after', '\nExample:\n  ueprov server run --config server.yaml')
  .action(async (options) => (await import('./run.ts')).runServer(options.config));

const ue = program.command('ue').description('a UE');
ue.command('run')
  .description('run one UE until it is told to stop')
  .requiredOption('--config <file>', 'its YAML file')
  .option('--user', 'put what servers ask the user to this terminal; without it they are refused')
  .addHelpText('after', '\nExample:\n  ueprov ue run --config ue.yaml')
  .action(async (options) => (await import('./run.ts')).runUe(options));

addSyncmlCommands(program);
addConformanceCommands(program);
addTreeCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(error instanceof Error ? `ueprov: ${describe(error)}` : error);
    process.exitCode = exitCodeOf(error);
  }
}

function describe(error: Error): string {
  if (process.env.UEPROV_DEBUG) return error.stack ?? error.message;
  return error instanceof UsageError
    ? error.message
    : printable(String(error.name === 'Error' ? error.message : error));
}
