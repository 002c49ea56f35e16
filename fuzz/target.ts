/** The shape of a fuzz target: `fuzz/<name>.ts` exports one as `target`. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs that the mutator starts from; the kept corpus is added to them. */
  readonly seeds: readonly Uint8Array[];
  /** Feeds one input. Throws on a defect only: a ProtocolError is a fine answer, the target swallows it. */
  run(bytes: Uint8Array): void;
  /** The decoder alone, whose time and memory are measured: its result counts as held, so it has to be returned. */
  decode(bytes: Uint8Array): unknown;
}
