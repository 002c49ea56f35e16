/** The commands of `ueprov syncml`, their options and examples. Each loads only what it needs. Used by main.ts. */
import { type Command, Option } from 'commander';
import { PROCESS_STREAMS, type Streams } from './streams.ts';

const FILE = 'a file; - or nothing is standard input';

/** Adds them to `program`, whose settings they take over; `finish` is told the exit code of the one that ran. */
export function addSyncmlCommands(
  program: Command,
  streams: Streams = PROCESS_STREAMS,
  finish: Finish = leave,
): void {
  const syncml = program.command('syncml').description('read and write OMA DM messages');
  for (const add of [
    addDecode,
    addEncode,
    addLint,
    addStatus,
    addAlert,
    addPkg0,
    addTnds,
    addDdf,
  ]) {
    add(syncml, streams, finish);
  }
}

type Finish = (exitCode: number) => void;

function leave(exitCode: number): void {
  process.exitCode = exitCode;
}

function example(line: string): string {
  return `
Example:
  ${line}`;
}

function addDecode(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('decode')
    .description(
      'print the OMA DM messages of a file: XML, WBXML, hex or base64 of them, a pcap, pcapng or HAR file',
    )
    .argument('[file]', FILE, '-')
    .addOption(new Option('--json', 'as the typed message').conflicts(['xml', 'hex']))
    .addOption(new Option('--xml', 'as indented XML').conflicts(['json', 'hex']))
    .addOption(new Option('--hex', 'as octets, with the names of their tokens beside them'))
    .option('--message <n>', 'only this message of a capture, counted from 1')
    .addHelpText('after', example('ueprov syncml decode session.pcap'))
    .action(async (file, options) =>
      finish(await (await import('./decode.ts')).decode(file, options, streams)),
    );
}

function addEncode(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('encode')
    .description('write a message, in whichever spelling or as JSON, as WBXML or XML')
    .argument('[file]', FILE, '-')
    .requiredOption('--to <encoding>', 'wbxml or xml')
    .option('--hex', 'print hex instead of octets')
    .option('--message <n>', 'this message of a capture, counted from 1')
    .addHelpText('after', example('ueprov syncml encode --to wbxml message.xml > message.wbxml'))
    .action(async (file, options) =>
      finish(await (await import('./encode.ts')).encode(file, options, streams)),
    );
}

function addLint(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('lint')
    .description('name every deviation from the standards that reading forgave; exit code 1 if any')
    .argument('[file]', FILE, '-')
    .option('--message <n>', 'only this message of a capture, counted from 1')
    .addHelpText('after', example('ueprov syncml lint message.xml'))
    .action(async (file, options) =>
      finish(await (await import('./lint.ts')).lint(file, options, streams)),
    );
}

function addStatus(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('status')
    .description('a status code in words')
    .argument('[code]', 'all of them when absent')
    .addHelpText('after', example('ueprov syncml status 404'))
    .action(async (code) => finish((await import('./words.ts')).status(code, streams)));
}

function addAlert(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('alert')
    .description('an alert code in words')
    .argument('[code]', 'all of them when absent')
    .addHelpText('after', example('ueprov syncml alert 1226'))
    .action(async (code) => finish((await import('./words.ts')).alert(code, streams)));
}

function addPkg0(parent: Command, streams: Streams, finish: Finish): void {
  const pkg0 = parent
    .command('pkg0')
    .description('Package #0, the notification that opens a session');
  for (const add of [addBuild, addParse, addVerify]) add(pkg0, streams, finish);
}

function addBuild(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('build')
    .description('write a Package #0')
    .requiredOption('--server-id <id>', 'ServerID that the UE knows the server by')
    .requiredOption('--session-id <id>', 'SessionID in hex, 1 to FFFF')
    .requiredOption('--secret-env <name>', "environment variable with the server's password")
    .option('--nonce <base64>', "the server's nonce (AAuthData); the special one when absent")
    .option(
      '--ui-mode <mode>',
      'unspecified, background, informative or user-interaction',
      'unspecified',
    )
    .option('--initiator <who>', 'server or client', 'server')
    .option('--push', 'in application/vnd.oma.push, as the body of a MESSAGE')
    .option('--hex', 'print hex instead of octets')
    .addHelpText(
      'after',
      example(
        'ueprov syncml pkg0 build --server-id srv1 --session-id A7 --secret-env SECRET --hex',
      ),
    )
    .action(async (options) => finish((await import('./pkg0.ts')).buildPackage0(options, streams)));
}

function addParse(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('parse')
    .description('print a Package #0, bare or in application/vnd.oma.push')
    .argument('[file]', `octets, hex or base64 in ${FILE}`, '-')
    .option('--json', 'as JSON')
    .addHelpText('after', example('ueprov syncml pkg0 parse package0.bin'))
    .action(async (file, options) =>
      finish(await (await import('./pkg0.ts')).parsePackage0(file, options, streams)),
    );
}

function addVerify(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('verify')
    .description('check the digest of a Package #0; exit code 1 if it is wrong')
    .argument('[file]', `octets, hex or base64 in ${FILE}`, '-')
    .requiredOption('--secret-env <name>', "environment variable with the server's password")
    .option('--nonce <base64>', "the UE's nonce for the server (AAuthData)")
    .addHelpText(
      'after',
      example('ueprov syncml pkg0 verify package0.bin --secret-env SECRET --nonce ABEiMw=='),
    )
    .action(async (file, options) =>
      finish(await (await import('./pkg0.ts')).verifyDigest(file, options, streams)),
    );
}

function addTnds(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('tnds')
    .description('print a management sub-tree in TNDS, in XML or WBXML')
    .argument('[file]', `the document, or hex or base64 of it, in ${FILE}`, '-')
    .option('--style <style>', 'nested (nodes inside each other) or flat (each with its Path)')
    .option('--json', 'as the typed document')
    .option('--xml', 'as indented XML')
    .option('--to <encoding>', 'write it as wbxml or xml')
    .addHelpText('after', example('ueprov syncml tnds tree.xml --style flat'))
    .action(async (file, options) =>
      finish(await (await import('./tnds.ts')).tnds(file, options, streams)),
    );
}

function addDdf(parent: Command, streams: Streams, finish: Finish): void {
  parent
    .command('ddf')
    .description('print or check a device description (DDF), in XML or WBXML')
    .argument('[file]', `the document, or hex or base64 of it, in ${FILE}`, '-')
    .option('--check', 'name what does not fit together; exit code 1 if anything')
    .option('--json', 'as the typed document')
    .option('--xml', 'as indented XML')
    .option('--to <encoding>', 'write it as wbxml or xml')
    .addHelpText('after', example('ueprov syncml ddf object.ddf --check'))
    .action(async (file, options) =>
      finish(await (await import('./ddf.ts')).ddf(file, options, streams)),
    );
}
