/**
 * Loaded before a program: counts its calls of the file system and cuts the power at one of them.
 *
 * What a disk may do in a power cut is done to the files before the process dies by SIGKILL: data that
 * was not flushed is torn, a rename in a folder that was not flushed is undone. POWER_CUT is
 * `POINT MODE`, or `count`; with UNFLUSHED the disk says that it flushed and does not.
 */
import { readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** `kill`: the process alone dies. `torn`: data is lost. `undone`: data and renames are lost. */
export type Mode = 'kill' | 'torn' | 'undone';

interface Renamed {
  readonly from: string;
  readonly to: string;
  /** What was there before; undefined: nothing. */
  readonly before: Buffer | undefined;
}

const [point, mode] = (process.env.POWER_CUT ?? '').split(' ');
const isFlushing = process.env.UNFLUSHED === undefined;
const { open, mkdir, rename, rm } = promises;
const unflushed = new Set<string>();
let renames: Renamed[] = [];
let calls = 0;

function call(): void {
  calls += 1;
  if (String(calls) === point) cutPower();
}

function cutPower(): void {
  if (mode !== 'kill') for (const file of unflushed) tear(file);
  if (mode === 'undone') for (const each of renames.toReversed()) undo(each);
  process.kill(process.pid, 'SIGKILL');
}

function tear(file: string): void {
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
}

function undo({ from, to, before }: Renamed): void {
  writeFileSync(from, readFileSync(to));
  if (before === undefined) rmSync(to);
  else writeFileSync(to, before);
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function watched(handle: FileHandle, path: string): FileHandle {
  const { writeFile, sync, close } = handle;
  handle.writeFile = async (data) => {
    const octets = Buffer.from(String(data));
    const half = Math.floor(octets.length / 2);
    call();
    unflushed.add(path);
    await writeFile.call(handle, octets.subarray(0, half));
    call();
    await writeFile.call(handle, octets.subarray(half));
  };
  handle.sync = async () => {
    call();
    await sync.call(handle);
    if (!isFlushing) return;
    unflushed.delete(path);
    renames = renames.filter(({ to }) => !to.startsWith(`${path}/`));
  };
  handle.close = async () => {
    call();
    await close.call(handle);
  };
  return handle;
}

Object.assign(promises, {
  async open(path: string, ...more: []) {
    call();
    return watched(await open(path, ...more), path);
  },
  async mkdir(path: string, ...more: []) {
    call();
    return mkdir(path, ...more);
  },
  async rename(from: string, to: string) {
    call();
    const before = contentOf(to);
    await rename(from, to);
    renames.push({ from, to, before });
    if (unflushed.delete(from)) unflushed.add(to);
  },
  async rm(path: string, ...more: []) {
    call();
    await rm(path, ...more);
    unflushed.delete(path);
  },
});
syncBuiltinESMExports();

if (point === 'count') process.on('exit', () => writeSync(1, `calls ${calls}\n`));
