/**
 * What a decoder holds in memory while it runs: the live heap with what typed arrays hold beside it, at its greatest,
 * without the input. Used by `fuzz.ts`.
 *
 * It is an upper bound: what is alive after a collection of garbage, and all that was allocated since. Collections are
 * made at the tokens and texts of a document, whenever much was allocated since the last one.
 */
import assert from 'node:assert';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
// By path: see `fuzz.ts`.
import { DocumentMemory } from '../packages/protocols/src/document.ts';
import { WbxmlCursor } from '../packages/protocols/src/wbxml/index.ts';
import { XmlCursor } from '../packages/protocols/src/xml/index.ts';

/** More than this is worth a thorough collection. */
const OLD_BYTES = 524_288;

type Decode = (input: Uint8Array) => unknown;

/** Garbage that may lie about between two collections. */
const GARBAGE_BYTES = 32_768;
/** The look itself allocates. */
const CALLS_PER_LOOK = 32;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Octets held at the most while `decode` ran, what it returned included. */
export function heldBytes(decode: Decode, input: Uint8Array): number {
  const look = new Look();
  const restore = [
    watch(WbxmlCursor.prototype, 'next', look),
    watch(XmlCursor.prototype, 'next', look),
    watch(DocumentMemory.prototype, 'take', look),
  ];
  try {
    const before = look.collected();
    hold(decode, input, look);
    // What was not yet given back before is now.
    return look.most - Math.min(before, look.collected());
  } finally {
    for (const each of restore) each();
  }
}

/** The value is alive until the last look, and not after it. */
function hold(decode: Decode, input: Uint8Array, look: Look): void {
  const value = decode(input);
  look.now();
  assert(value !== look);
}

class Look {
  /** The greatest memory that was seen. */
  most = 0;
  #collected = 0;
  #before = 0;

  /** The memory when all garbage is gone. */
  collected(): number {
    collect();
    collect();
    this.#collected = memoryBytes();
    this.#before = this.#collected;
    return this.#collected;
  }

  now(): void {
    const bytes = memoryBytes();
    this.most = Math.max(this.most, bytes);
    if (bytes - this.#collected < GARBAGE_BYTES) return;
    collect({ type: 'minor' });
    // What has become old, such as a list that was outgrown, is left by a quick collection.
    if (memoryBytes() - this.#before > OLD_BYTES) collect();
    this.#collected = memoryBytes();
  }
}

/** Looks at every few calls of a method; returns what undoes that. */
function watch<Name extends string>(
  prototype: Record<Name, (...parameters: never[]) => unknown>,
  name: Name,
  look: Look,
): () => void {
  const method = prototype[name];
  let calls = 0;
  prototype[name] = function watched(this: unknown, ...parameters: never[]) {
    calls += 1;
    if (calls % CALLS_PER_LOOK === 0) look.now();
    return method.apply(this, parameters);
  };
  return () => {
    prototype[name] = method;
  };
}

/** What is on the heap, and what typed arrays hold beside it. */
export function memoryBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
