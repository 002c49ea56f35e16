import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Operation, Question } from '@ueprov/protocols/dm';
import { expect, onTestFinished, test } from 'vitest';
import { startUe, type UeHooks, ueConfig, type VendorObject } from '../main.ts';
import { Loopback } from '../testing/loopback.ts';

const QUESTION: Question = { kind: 'text', text: 'Name?', choices: [], options: { MAXLEN: 5 } };
const ask = (id: string) => ({ id, kind: 'Ask', question: QUESTION }) as const;
const exec = (uri: string, Data: string): Operation => ({ id: Data, kind: 'Exec', uri, Data });

const NODE = { occurrence: 'One', scope: 'Permanent', description: '' } as const;

function vendor(run: (argument: string) => Promise<{ status: number }>): VendorObject {
  const act = { ...NODE, name: 'Act', Format: 'null', AccessType: ['Exec'] } as const;
  return {
    shape: { ...NODE, name: 'Vendor', Format: 'node', AccessType: ['Get'], children: [act] },
    actions: {
      './Vendor/Act': {
        alertType: 'Reversed-Domain-Name: com.example.act',
        run: ({ Data }) => run(String(Data)),
      },
    },
  };
}

/** A session of a UE with these hooks, in which its server has this done. */
async function results(
  hooks: UeHooks,
  ...operations: readonly (Operation | ReturnType<typeof ask>)[]
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-ue-'));
  const network = await Loopback.open();
  const log: string[] = [];
  const document = network.document(join(folder, 'tree.json'), { events: {} });
  const ue = await startUe(ueConfig(document), {
    ...hooks,
    onLog: (level, text) => {
      log.push(`${level} ${text}`);
      network.happened();
    },
  });
  onTestFinished(async () => {
    await ue.close();
    network.close();
    await rm(folder, { recursive: true });
  });
  await network.until(() => log.includes('info registered'));
  network.server.plans.push([[...operations]]);
  network.wake(1);
  await network.until(() => log.includes('info session completed'));
  return network.server.results;
}

test('what a server asks and has done reaches the user and the vendor, over sockets', async () => {
  const asked: Question[] = [];
  const done: string[] = [];
  const user = {
    ask: async (question: Question): Promise<Answer> => {
      asked.push(question);
      return { kind: 'typed', text: 'Alice' };
    },
  };
  const objects = [
    vendor(async (argument) => {
      done.push(argument);
      return { status: 200 };
    }),
  ];
  const hooks = { user, objects };
  expect(await results(hooks, ask('name'), exec('./Vendor/Act', 'now'))).toEqual([
    'name: 200',
    'now: 200',
  ]);
  expect(asked.map(({ text }) => text)).toEqual(['Name?']);
  expect(done).toEqual(['now']);
});

test('an answer that is none, and a user that fails, have cancelled; an action that fails is 500', async () => {
  const answers: Answer[] = [{ kind: 'typed', text: 'much too long' }];
  const user = {
    ask: async (): Promise<Answer> => answers.shift() ?? Promise.reject(new Error('no display')),
  };
  expect(await results({ user }, ask('long'))).toEqual(['long: 214']);
  expect(await results({ user }, ask('dark'))).toEqual(['dark: 214']);
  const objects = [vendor(() => Promise.reject(new Error('broken')))];
  expect(await results({ objects }, exec('./Vendor/Act', 'now'))).toEqual(['now: 500']);
});

test('a UE that closes takes its question back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-ue-'));
  const network = await Loopback.open();
  const asked = Promise.withResolvers<AbortSignal>();
  const user = {
    ask: (_question: Question, signal: AbortSignal) => {
      asked.resolve(signal);
      return new Promise<Answer>(() => {});
    },
  };
  const document = network.document(join(folder, 'tree.json'), { events: {} });
  const registered = Promise.withResolvers<void>();
  const ue = await startUe(ueConfig(document), {
    user,
    onLog: (_level, text) => void (text === 'registered' && registered.resolve()),
  });
  onTestFinished(async () => {
    network.close();
    await rm(folder, { recursive: true });
  });
  await registered.promise;
  network.server.plans.push([[ask('name')]]);
  network.wake(1);
  const signal = await asked.promise;
  expect(signal.aborted).toBe(false);
  await ue.close();
  expect(signal.aborted).toBe(true);
});
