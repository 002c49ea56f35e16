/** `ueprov server run` and `ueprov ue run`: one actor from its YAML file, until it is told to stop. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { untilStopped } from './signals.ts';
import { readYaml } from './yaml-file.ts';

export async function runServer(file: string): Promise<void> {
  const log = logOf('server');
  const { serverConfig, startProvisioningServer } = await import('@ueprov/provisioning-server');
  const consoleDir = fileURLToPath(new URL('../../console/dist', import.meta.url));
  const server = await startProvisioningServer(serverConfig(await readYaml(file)), {
    onLog: (level, text) => log[level](text),
    ...(existsSync(consoleDir) && { consoleDir }),
  });
  console.log(`SIP      ${server.sip.address}:${server.sip.port}/udp`);
  console.log(`OMA DM   ${server.dmUrl}`);
  console.log(`API      ${server.apiUrl}/api/v1`);
  if (server.firstRunToken !== undefined) {
    console.log(`Console  ${server.apiUrl}/#token=${server.firstRunToken}`);
    console.log('This token is shown once; only its hash is kept.');
  }
  await untilStopped();
  await server.close();
}

export interface UeOptions {
  readonly config: string;
  /** Whether questions of servers are put to whoever is at the terminal. */
  readonly user?: boolean;
}

export async function runUe(options: UeOptions): Promise<void> {
  const log = logOf('ue');
  const { startUe, ueConfig } = await import('@ueprov/ue');
  const user = options.user ? await terminalUser() : undefined;
  const ue = await startUe(ueConfig(await readYaml(options.config)), {
    onLog: (level, text) => log[level](text),
    ...(user && { user }),
  });
  await untilStopped();
  await ue.close();
  user?.close();
}

async function terminalUser() {
  const { TerminalUser } = await import('./terminal-user.ts');
  const { stdin: input, stdout: output } = process;
  // A terminal that is read line by line does not make a signal of Ctrl-C.
  return new TerminalUser({ input, output }, () => process.kill(process.pid, 'SIGINT'));
}

/** One line of JSON per event, on standard error: standard output tells the addresses. */
function logOf(name: string): Logger {
  return pino({ name, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
