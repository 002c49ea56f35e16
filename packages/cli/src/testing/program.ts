/** For tests: `ueprov` as a process of its own, from the sources, with what it said so far. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../main.ts');

/** A program that starts is there sooner, also on a busy machine. */
const START_MS = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Program {
  readonly #child: ChildProcess;
  readonly #said = { stdout: '', stderr: '' };
  #onWords: () => void = () => {};

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const command = ['--conditions=source', MAIN, ...args];
    this.#child = spawn(process.execPath, command, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this.#said[stream] += text;
        this.#onWords();
      });
    }
    this.#child.once('exit', () => this.#onWords());
  }

  /** The first match of what it says; rejects with all of it when it ends, or takes too long. */
  async word(pattern: RegExp): Promise<string> {
    const until = performance.now() + START_MS;
    for (;;) {
      const [, found] = pattern.exec(this.#said.stdout) ?? pattern.exec(this.#said.stderr) ?? [];
      if (found !== undefined) return found;
      const isOver = this.#child.exitCode !== null || performance.now() > until;
      if (isOver) throw new Error(`no ${pattern} in:\n${this.#said.stdout}${this.#said.stderr}`);
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, START_MS);
        this.#onWords = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }

  async ended(): Promise<Ended> {
    const { exitCode } = this.#child;
    const [code] = exitCode === null ? await once(this.#child, 'close') : [exitCode];
    return { code, ...this.#said };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
