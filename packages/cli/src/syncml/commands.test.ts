import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { DDF_XML, SESSION_PCAP, TNDS_XML, VECTOR_HEX, XML } from './testing/inputs.ts';
import { programOf, run } from './testing/run.ts';

const environment = { SECRET: 'srvpwd' };

/** The files that the examples name. */
async function exampleFiles() {
  const build = ['pkg0', 'build', '--server-id', 'srv1', '--session-id', 'A7'];
  const { out } = await run([...build, '--secret-env', 'SECRET', '--nonce', 'ABEiMw=='], {
    environment,
  });
  return {
    'session.pcap': SESSION_PCAP,
    'message.xml': XML,
    'package0.bin': out,
    'tree.xml': TNDS_XML,
    'object.ddf': DDF_XML,
  };
}

/** What the examples say beside their result. */
const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  lint: ['no deviations'],
  ddf: ['nothing found'],
};

/** Those that do something, by their names below `syncml`. */
function leaves(command: Command, names: readonly string[] = []): readonly (readonly string[])[] {
  if (command.commands.length === 0) return [names];
  return command.commands.flatMap((each) => leaves(each, [...names, each.name()]));
}

const program = programOf(
  {
    read: async () => new Uint8Array(),
    write: () => {},
    say: () => {},
    isColoured: false,
    environment,
  },
  () => {},
);
const [syncml] = program.commands;

test.each(leaves(syncml!).map((names) => ({ names })))(
  '--help of $names has an example that runs',
  async ({ names }) => {
    const { text } = await run([...names, '--help']);
    const [, line = ''] = /\nExample:\n {2}ueprov syncml (.*)\n/.exec(text) ?? [];
    expect(line.startsWith(names.join(' '))).toBe(true);
    const [args = ''] = line.split(' > ');
    const ran = await run(args.split(' '), { files: await exampleFiles(), environment });
    expect({
      exitCode: ran.exitCode,
      said: ran.said.filter((each) => !each.startsWith('note:')),
    }).toEqual({ exitCode: 0, said: VERDICTS[names[0] ?? ''] ?? [] });
  },
);

test('a message cut in two prints one line and exits 2, through the program itself', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', resolve(import.meta.dirname, '../main.ts'), 'syncml', 'decode'],
    { input: VECTOR_HEX.slice(0, 80), encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'ueprov: WBXML_TRUNCATED: document ends too early (byte 40)\n',
  });
});
