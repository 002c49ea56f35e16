/**
 * What a decoder holds in memory while it runs: the live heap with what typed arrays hold beside it, at its greatest,
 * without the input. Used by `fuzz.ts`.
 *
 * It is looked at between the tokens and texts of a document. While the heap with its garbage is within the limit, that
 * is said; beyond it garbage is collected first, so that only what is alive counts.
 */
import assert from 'node:assert';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
// By path: see `fuzz.ts`.
import { DocumentMemory } from '../packages/protocols/src/document.ts';
import { WbxmlCursor } from '../packages/protocols/src/wbxml/index.ts';
import { XmlCursor } from '../packages/protocols/src/xml/index.ts';

type Decode = (input: Uint8Array) => unknown;

/** The look itself allocates. */
const CALLS_PER_LOOK = 32;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Octets held at the most while `decode` ran, what it returned included; exact only where it is beyond `limit`. */
export function heldBytes(decode: Decode, input: Uint8Array, limit: number): number {
  const look = new Look(limit);
  const restore = [
    watch(WbxmlCursor.prototype, 'next', look),
    watch(XmlCursor.prototype, 'next', look),
    watch(DocumentMemory.prototype, 'take', look),
  ];
  try {
    look.begin();
    hold(decode, input, look);
    return look.most;
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
  readonly #limit: number;
  #before = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  begin(): void {
    collect();
    collect();
    this.#before = memoryBytes();
  }

  now(): void {
    let bytes = memoryBytes() - this.#before;
    if (bytes > this.#limit) {
      collect({ type: 'minor' });
      bytes = memoryBytes() - this.#before;
    }
    // What has become old, such as a list that was outgrown, is left by a quick collection.
    if (bytes > this.#limit) {
      collect();
      bytes = memoryBytes() - this.#before;
    }
    this.most = Math.max(this.most, bytes);
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
