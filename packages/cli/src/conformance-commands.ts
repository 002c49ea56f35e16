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
    .option(
      '--core <address>',
      'be the core too: take the REGISTER of the client there, send MESSAGE',
    )
    .option('--trigger <command>', 'run for each session; Package #0 is in UEPROV_PACKAGE0, in hex')
    .option('--notify', 'the trigger delivers those octets: try the notification too')
    .option('--ground <file>', 'JSON: addresses of the client with which the kit may play')
    .addHelpText('after', CLIENT_HELP);
  reporting(account(client)).action(async (options) =>
    (await import('./conformance.ts')).conformClient(options),
  );
  const server = conformance
    .command('server')
    .description('try a server: the kit is a device that it knows')
    .requiredOption('--url <url>', "the server's DM address")
    .option('--encoding <encoding>', 'wbxml or xml', 'xml')
    .option('--sip <address>', 'where the server takes REGISTERs: try its Package #0 too')
    .option('--impu <uri>', 'public identity of the device, with --sip')
    .option('--core <address>', 'where the server finds the kit over SIP', '127.0.0.1:0')
    .option('--wake <command>', 'makes the server wake the device, if the REGISTER alone does not')
    .addHelpText('after', SERVER_HELP);
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

const CLIENT_HELP = `
A session is opened in one of three ways: the client registers with the kit (--core), a command makes it (--trigger),
or you do when the kit says so. Cases about what the client does not have are not applicable. --ground names what
the kit cannot know, all of it optional: parent, leaves, bool, int, readOnly, secret, permanent, exec.

Example:
  UE_SECRET=... SERVER_SECRET=... ueprov conformance client --listen 127.0.0.1:8080 --core 127.0.0.1:5060 \\
    --server-id prov.example --dev-id urn:uuid:... --client-name ue \\
    --client-secret-env UE_SECRET --server-secret-env SERVER_SECRET --html report.html`;

const SERVER_HELP = `
With --sip the kit is the S-CSCF of the device: it tells the server by a third-party REGISTER that the device is there,
and takes the MESSAGE with Package #0. A server that has nothing to do for the device may stay silent: give it
something, or a way to be asked (--wake).

Example:
  UE_SECRET=... SERVER_SECRET=... ueprov conformance server --url http://127.0.0.1:8080/dm \\
    --server-id prov.example --dev-id urn:uuid:... --client-name ue \\
    --client-secret-env UE_SECRET --server-secret-env SERVER_SECRET \\
    --sip 127.0.0.1:5090 --impu sip:ue@home.example --junit report.xml`;

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
