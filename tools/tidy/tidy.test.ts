import { expect, test } from 'vitest';
import { LINES_MAX } from './size-rule.ts';
import { sourceOf } from './source.ts';
import { formatFinding, tidy } from './tidy.ts';

const CORE = 'packages/protocols/src';

/** The findings for one file, as `line rule`. */
function findings(path: string, text: string): readonly string[] {
  return tidy([sourceOf(path, text)]).map(({ line, rule }) => `${line} ${rule}`);
}

function messages(path: string, text: string): readonly string[] {
  return tidy([sourceOf(path, text)]).map(({ message }) => message);
}

test.each([
  ['sip/registration.ts', '../digest/http-digest.ts'],
  ['syncml/decode.ts', '../cursor.ts'],
  ['dm/client.ts', './auth.ts'],
  ['dm/client-alerts.ts', './client.ts'],
  ['dm/client/session.ts', '../tree/index.ts'],
  ['dm/tree/tree.ts', './uri.ts'],
  ['dm/index.ts', './server.ts'],
  ['events/catalogue.ts', '../mo/pktc-mem.ts'],
])('%s may import %s', (file, specifier) => {
  expect(findings(`${CORE}/${file}`, `export { a } from '${specifier}';\n`)).toEqual([]);
});

test.each([
  ['xml/parse.ts', '../wbxml/decode.ts'],
  ['dm/client.ts', './server.ts'],
  ['dm/server.ts', './client.ts'],
  ['dm/client.ts', './index.ts'],
  ['dm/tree/tree.ts', '../auth.ts'],
  ['mo/dm-acc.ts', '../syncml/message.ts'],
  ['sip/status.ts', '../index.ts'],
  ['error.ts', './xml/parse.ts'],
])('%s may not import %s', (file, specifier) => {
  expect(findings(`${CORE}/${file}`, `import { a } from '${specifier}';\nf(a);\n`)).toEqual([
    '1 layer',
  ]);
});

test.each([
  "import type { A } from '../wbxml/decode.ts';",
  "export * from '../wbxml/decode.ts';",
  "type A = import('../wbxml/decode.ts').A;",
  "const a = import('../wbxml/decode.ts');",
])('every form of import counts: %s', (line) => {
  expect(findings(`${CORE}/xml/parse.ts`, `\n${line}\n`)).toEqual(['2 layer']);
});

test('a file of protocols that no row of the table names is a finding', () => {
  expect(findings(`${CORE}/dm/session.ts`, '')).toEqual(['1 layer']);
  expect(findings(`${CORE}/telepathy/a.ts`, '')).toEqual(['1 layer']);
});

test('a test of protocols may try several layers together', () => {
  const text = "import { a } from './client.ts';\nimport { b } from './server.ts';\n";
  expect(findings(`${CORE}/dm/client.test.ts`, text)).toEqual([]);
});

test('no actor imports another, not even in a test or for a type', () => {
  const text = "import type { A } from '@ueprov/ims-lab';\n";
  for (const path of ['packages/ue/src/flow.ts', 'packages/ue/src/flow.test.ts']) {
    expect(messages(path, text)).toEqual(['ue may not import ims-lab: actors meet on the wire']);
  }
});

test.each([
  ['packages/ue/src/a.ts', '@ueprov/protocols/dm/tree'],
  ['packages/cli/src/a.ts', '@ueprov/ims-lab'],
  ['packages/testbed/src/a.ts', '@ueprov/ue'],
  ['test/a.ts', '@ueprov/provisioning-server'],
  ['bench/a.ts', '../packages/cli/src/lab.ts'],
])('%s may import %s', (path, specifier) => {
  expect(findings(path, `import { a } from '${specifier}';\n`)).toEqual([]);
});

test.each([
  ['packages/ue/src/a.ts', '../../protocols/src/error.ts'],
  ['packages/protocols/src/xml/parse.ts', '@ueprov/protocols/wbxml'],
  ['packages/console/src/a.ts', '@ueprov/protocols/sip'],
  ['packages/console/src/a.ts', '@ueprov/provisioning-server/api'],
  ['packages/cli/src/a.ts', '@ueprov/console'],
  ['tools/a.ts', '../packages/cli/src/lab.ts'],
])('%s may not import %s', (path, specifier) => {
  expect(findings(path, `import { a } from '${specifier}';\n`)).toEqual(['1 layer']);
});

test('the console may take types of the API, and nothing else of the server', () => {
  const path = 'packages/console/src/a.ts';
  const api = "'@ueprov/provisioning-server/api'";
  expect(findings(path, `import type { Device } from ${api};\n`)).toEqual([]);
  expect(findings(path, `import { type Device } from ${api};\n`)).toEqual([]);
  expect(findings(path, "import type { A } from '@ueprov/provisioning-server';\n")).toEqual([
    '1 layer',
  ]);
});

test.each([
  'Date.now();',
  'new Date();',
  'Date();',
  'performance.now();',
  'setTimeout(f, 1);',
  'queueMicrotask(f);',
  'Math.random();',
  'crypto.getRandomValues(a);',
  'process.env;',
  "console.log('a');",
  "fetch('a');",
  'f({ process });',
])('the core has no clock, no randomness, no world: %s', (line) => {
  expect(findings(`${CORE}/sip/status.ts`, `${line}\n`)).toEqual(['1 pure']);
  expect(findings('packages/ue/src/shell/clock.ts', `${line}\n`)).toEqual([]);
  expect(findings(`${CORE}/sip/status.test.ts`, `${line}\n`)).toEqual([]);
});

test.each([
  'new Date(now);',
  'Date.UTC(2024, 0);',
  'a.process;',
  'a.fetch();',
  'f({ process: 1 });',
  'interface A { readonly process: string }',
  'Math.max(1, 2);',
])('what only looks like it is fine: %s', (line) => {
  expect(findings(`${CORE}/sip/status.ts`, `${line}\n`)).toEqual([]);
});

test('engines of actors are as pure as protocols, their shells are not', () => {
  const text = "import { readFile } from 'node:fs/promises';\nDate.now();\n";
  for (const path of ['ue/src/flow.ts', 'ims-lab/src/hss.ts', 'provisioning-server/src/plan.ts']) {
    expect(findings(`packages/${path}`, text)).toEqual(['1 layer', '2 pure']);
  }
  for (const path of ['ue/src/shell/disk.ts', 'ue/src/main.ts', 'ue/src/flow.test.ts']) {
    expect(findings(`packages/${path}`, text)).toEqual([]);
  }
});

test('nothing asynchronous in the core', () => {
  const text = 'async function load() {}\nconst a = async () => 1;\n';
  expect(findings(`${CORE}/sip/status.ts`, text)).toEqual(['1 pure', '2 pure']);
});

test('each library of the core has one module', () => {
  const text = "import { fromBER } from 'asn1js';\n";
  expect(findings(`${CORE}/software/cms.ts`, text)).toEqual([]);
  expect(findings(`${CORE}/software/trigger.ts`, text)).toEqual(['1 layer']);
});

test.each(["'node:fs'", "'node:net'", "'node:dgram'", "'node:http'", "'kysely'"])(
  'the core may not import %s',
  (specifier) => {
    const text = `import { a } from ${specifier};\n`;
    expect(findings(`${CORE}/sip/status.ts`, text)).toEqual(['1 layer']);
  },
);

test('of node:crypto the core takes functions of their input only', () => {
  const take = (names: string) => `import ${names} from 'node:crypto';\n`;
  const path = `${CORE}/digest/http-digest.ts`;
  expect(findings(path, take('{ createHash, createHmac, timingSafeEqual }'))).toEqual([]);
  expect(findings(path, take('{ createHash, randomBytes as createSalt }'))).toEqual(['1 layer']);
  expect(findings(path, take('* as crypto'))).toEqual(['1 layer']);
});

test.each([
  'utils.ts',
  'types.ts',
  'shared/a.ts',
  'session-manager.ts',
  'helpers.test.ts',
  'dmAcc.ts',
  'DmAcc.tsx',
])('%s is no name for a file', (name) => {
  expect(findings(`packages/ue/src/${name}`, '')).toEqual(['1 name']);
});

test.each(['dm-acc.ts', 'v4.ts', 'vite.config.ts', 'env.d.ts', 'column-types.ts'])(
  '%s is a name for a file',
  (name) => {
    expect(findings(`packages/ue/src/${name}`, '')).toEqual([]);
  },
);

test.each([
  'export function getNode() {}',
  'export const doWork = () => 1;',
  'export function processMessage() {}',
  'export const handle = function () {};',
  'export class SessionManager {}',
  'export interface PushHandler {}',
])('an empty verb or noun is not exported: %s', (line) => {
  expect(findings('packages/ue/src/a.ts', `${line}\n`)).toEqual(['1 name']);
});

test.each([
  'function getNode() {}',
  'export function documentOf() {}',
  'export function download() {}',
  'export const handled = 1;',
  'export const processes = [];',
])('a full name, or one that stays inside, is fine: %s', (line) => {
  expect(findings('packages/ue/src/a.ts', `${line}\n`)).toEqual([]);
});

test('a file has at most 400 lines, tables of data excepted', () => {
  const long = 'f();\n'.repeat(LINES_MAX);
  expect(findings('packages/ue/src/a.ts', long)).toEqual([]);
  expect(findings('packages/ue/src/a.ts', `${long}f();\n`)).toEqual([`${LINES_MAX + 1} size`]);
  expect(findings(`${CORE}/wbxml/pages/syncml.ts`, `${long}f();\n`)).toEqual([]);
  expect(findings(`${CORE}/events/catalogue.ts`, `${long}f();\n`)).toEqual([]);
  expect(findings(`${CORE}/events/event.test.ts`, `${long}f();\n`)).toHaveLength(1);
});

test('index.ts only re-exports', () => {
  const path = `${CORE}/xml/index.ts`;
  const text = "export * from './parse.ts';\nexport type { A } from './write.ts';\n";
  expect(findings(path, text)).toEqual([]);
  expect(findings(path, `${text}export const a = 1;\n`)).toEqual(['3 index']);
  expect(findings(path, `${text}const a = 1;\nexport { a };\n`)).toEqual(['3 index', '4 index']);
});

test('no any, no silenced compiler', () => {
  expect(findings('tools/a.ts', 'let a: any;\nf(a as any[]);\n')).toEqual(['1 any', '2 any']);
  for (const word of ['ignore', 'nocheck', 'expect-error']) {
    expect(findings('tools/a.ts', `// @ts-${word}\n`)).toEqual(['1 text']);
  }
  expect(findings('tools/a.test.ts', '// @ts-expect-error\n')).toEqual([]);
});

test.each(['it.skip', 'test.only', 'describe.todo', 'it.each(rows).skip', 'xit'])(
  'a test that does not run is a finding: %s',
  (call) => {
    expect(findings('test/a.test.ts', `${call}('a', () => {});\n`)).toEqual(['1 test']);
  },
);

test('a test may be skipped for a reason that is computed, and code may skip', () => {
  expect(findings('test/a.test.ts', "it.skipIf(absent)('a', f);\nreader.skip(3);\n")).toEqual([]);
});

test('no path of one machine, in any kind of file', () => {
  for (const folder of ['work', 'farm', 'tmp']) {
    const text = `see ${['', folder, 'a'].join('/')}\n`;
    expect(findings('docs/a.md', text)).toEqual(['1 text']);
    expect(findings('tools/a.ts', `// ${text}`)).toEqual(['1 text']);
  }
  expect(findings('docs/a.md', 'the framework/src folder\n')).toEqual([]);
});

test('a to-do names its issue', () => {
  const word = ['TO', 'DO'].join('');
  expect(findings('tools/a.ts', `// ${word}: later\n`)).toEqual(['1 text']);
  expect(findings('tools/a.ts', `// ${word}(#12): later\n`)).toEqual([]);
  expect(findings('tools/a.ts', `f('${word}');\n`)).toEqual([]);
});

test('a package imports only what its package.json names', () => {
  const manifest = sourceOf('packages/cli/package.json', '{"dependencies":{"yaml":"1"}}');
  const text = "import { a } from 'yaml';\nimport 'zod/v4';\nimport 'node:fs';\nimport './b.ts';\n";
  const code = sourceOf('packages/cli/src/a.ts', text);
  expect(tidy([manifest, code]).map(formatFinding)).toEqual([
    'packages/cli/src/a.ts:2 [dependency] packages/cli/package.json does not name zod',
  ]);
});

test('only the faults of the testbed may say any, and only the builder of Get may be called get', () => {
  const anyText = 'export const a: any = 1;\n';
  expect(findings('packages/testbed/src/mutants/mutant.ts', anyText)).toEqual([]);
  expect(findings('packages/testbed/src/own/self.ts', anyText)).toEqual(['1 any']);
  const getText = 'export function get() {}\n';
  expect(findings('packages/testbed/src/conformance/draft.ts', getText)).toEqual([]);
  expect(findings('packages/testbed/src/conformance/case.ts', getText)).toEqual(['1 name']);
});
