/** libwbxml's in-process conversion as a peer: its C is compiled here, if gcc and libwbxml2-dev are installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sample } from './corpus.ts';

export class Libwbxml {
  readonly #folder: string;
  readonly version: string;

  private constructor(folder: string, version: string) {
    this.#folder = folder;
    this.version = version;
  }

  /** Undefined, with the reason on standard error, where it cannot be compiled. */
  static compile(samples: readonly Sample[]): Libwbxml | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'ueprov-b6-'));
    const source = join(import.meta.dirname, 'libwbxml.c');
    const options = ['-O2', '-I/usr/include/libwbxml-1.0', source, '-lwbxml2'];
    const { status } = spawnSync('gcc', [...options, '-o', join(folder, 'peer')]);
    if (status !== 0) {
      rmSync(folder, { recursive: true });
      console.error('bench: no figures of libwbxml: gcc or libwbxml2-dev is not there');
      return undefined;
    }
    for (const { name, xml, wbxml } of samples) {
      writeFileSync(join(folder, `${name}.xml`), xml);
      writeFileSync(join(folder, `${name}.wbxml`), wbxml);
    }
    const asked = spawnSync('dpkg-query', ['-W', '-f', `\${Version}`, 'libwbxml2-dev']);
    return new Libwbxml(folder, `libwbxml ${asked.stdout?.toString().trim()}`.trim());
  }

  /** CPU time in microseconds for each sample, from the spelling to the other one. */
  convert(from: 'xml' | 'wbxml', samples: readonly Sample[], sliceMs: number): readonly number[] {
    const files = samples.map(({ name }) => join(this.#folder, `${name}.${from}`));
    const printed = execFileSync(join(this.#folder, 'peer'), [String(sliceMs), ...files]);
    return printed
      .toString()
      .trim()
      .split('\n')
      .map((line) => Number(line) / 1000);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
