/**
 * What a server may believe of a device after a session: the operations in their order, each with the answer that came.
 * Whatever was not answered makes what it touched unknown; everything else has to be what the tree holds.
 */
import type {
  Operation,
  OperationGroup,
  OperationResult,
  SessionOperation,
} from '../server-interface.ts';
import { UNANSWERED } from '../server-interface.ts';

type Value = string | undefined;
type Answers = ReadonlyMap<string, OperationResult>;

/** The leaves that are known; `undefined` is known to be absent, a missing key is not known. */
export class Belief {
  readonly #known = new Map<string, Value>();

  constructor(uris: readonly string[]) {
    for (const uri of uris) this.#known.set(uri, undefined);
  }

  /** Known leaves and what they have to hold. */
  get entries(): readonly (readonly [string, Value])[] {
    return [...this.#known];
  }

  /** Takes a session in; gives back what cannot be, in words. */
  take(operations: readonly SessionOperation[], answers: Answers): readonly string[] {
    return operations.flatMap((operation) => this.#takeOne(operation, answers));
  }

  #takeOne(operation: SessionOperation, answers: Answers): readonly string[] {
    if (operation.kind === 'Ask') return [];
    if ('operations' in operation) {
      return operation.kind === 'Sequence'
        ? this.take(operation.operations, answers)
        : this.#takeAtomic(operation, answers);
    }
    const answer = answers.get(operation.id);
    if (answer === undefined || answer.status === UNANSWERED) {
      this.#forget(operation);
      return [];
    }
    return this.#apply(operation, answer);
  }

  /** All or nothing: what stands in it is believed only with the Status of the whole. */
  #takeAtomic(atomic: OperationGroup, answers: Answers): readonly string[] {
    const status = answers.get(atomic.id)?.status ?? UNANSWERED;
    if (status === 200) return this.take(atomic.operations, answers);
    if (status === UNANSWERED) for (const each of atomic.operations) this.#forget(each);
    const codes = atomic.operations.map(({ id }) => answers.get(id)?.status ?? UNANSWERED);
    const wrong = status === 507 && codes.some((code) => code === 200);
    return wrong ? [`${atomic.id} failed, and part of it says 200: ${codes}`] : [];
  }

  #apply(operation: Operation, { status, value }: OperationResult): readonly string[] {
    const { kind, uri, id } = operation;
    const isKnown = this.#known.has(uri);
    const held = this.#known.get(uri);
    const expected = isKnown ? this.#expected(operation) : status;
    if (expected !== undefined && status !== expected && status !== 413) {
      return [`${id} was answered ${status}, and ${expected} is what it comes to`];
    }
    if (status !== 200) return [];
    if (kind === 'Get') {
      if (value === undefined) return [`${id} was answered 200 without a value`];
      const isWrong = isKnown && value.Data !== held;
      if (!isKnown) this.#known.set(uri, String(value.Data));
      return isWrong ? [`${id} read something else than what was written`] : [];
    }
    if (kind === 'Delete') this.#known.set(uri, undefined);
    else if (kind === 'Copy') this.#copy(operation);
    else this.#known.set(uri, String(operation.Data));
    return [];
  }

  #expected({ kind, uri, source = '' }: Operation): number | undefined {
    const isThere = this.#known.get(uri) !== undefined;
    if (kind === 'Add') return isThere ? 418 : 200;
    if (kind !== 'Copy') return isThere ? 200 : 404;
    if (!this.#known.has(source)) return undefined;
    return this.#known.get(source) === undefined ? 404 : 200;
  }

  #copy({ uri, source = '' }: Operation): void {
    if (this.#known.has(source)) this.#known.set(uri, this.#known.get(source));
    else this.#known.delete(uri);
  }

  #forget(operation: SessionOperation): void {
    if ('uri' in operation && operation.kind !== 'Get') this.#known.delete(operation.uri);
  }
}
