/** The options of `ueprov conformance`. */
import type { Command } from 'commander';

export function addConformanceCommands(program: Command): void {
  const conformance = program
    .command('conformance')
    .description('try a DM client or a DM server with the rules of OMA DM 1.2');
  const client = conformance
    .command('client')
    .description('try a client: the kit is the server that it is configured with')
    .requiredOption('--listen <address>', 'address and port on which the client finds the kit')
    .option('--trigger <command>', 'run for each session; Package #0 is in UEPROV_PACKAGE0, in hex')
    .option('--notify', 'the trigger delivers those octets: try the notification too');
  reporting(account(client)).action(async (options) =>
    (await import('./conformance.ts')).conformClient(options),
  );
  const server = conformance
    .command('server')
    .description('try a server: the kit is a device that it knows')
    .requiredOption('--url <url>', "the server's DM address")
    .option('--encoding <encoding>', 'wbxml or xml', 'xml');
  reporting(account(server)).action(async (options) =>
    (await import('./conformance.ts')).conformServer(options),
  );
  conformance
    .command('self')
    .description('try our own UE and server, then the kit itself with mutants of both')
    .option('--json', 'one line with the sums')
    .option('--only <cases>', 'ids, rows or groups set apart by commas; no mutants then')
    .addHelpText('after', '\nExample:\n  ueprov conformance self --json')
    .action(async (options) => (await import('./conformance.ts')).conformSelf(options));
}

function account(command: Command): Command {
  return command
    .requiredOption('--server-id <id>', 'ServerID of the account')
    .requiredOption('--dev-id <id>', 'DevId of the device')
    .requiredOption('--client-name <name>', 'name with which the client proves itself')
    .requiredOption('--client-secret-env <name>', 'environment variable with its secret')
    .requiredOption('--server-secret-env <name>', "environment variable with the server's secret")
    .option('--server-name <name>', 'name with which the server proves itself; the ServerID')
    .option('--client-nonce <base64>', 'first nonce of the client', '')
    .option('--server-nonce <base64>', 'first nonce of the server', '')
    .option('--scheme <scheme>', 'basic, md5 or hmac', 'md5')
    .option('--patience <ms>', 'how long the other side may take', '10000');
}

function reporting(command: Command): Command {
  return command
    .option('--only <cases>', 'ids, rows or groups set apart by commas')
    .option('--json', 'the report on standard output, with every message')
    .option('--junit <file>', 'the report for CI systems')
    .option('--html <file>', 'the report as a page');
}
