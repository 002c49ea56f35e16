/** What the peer said to the commands of one message: Statuses and Results, found by the command itself. */
import type { Item, Results, Status } from '@ueprov/protocols/syncml';
import { Violation } from './case.ts';
import type { Draft } from './draft.ts';
import { type Received, resultsOf, statusesOf } from './received.ts';
import { requireEqual } from './require.ts';

export class Answer {
  /** The messages that answered, in order: a package may take several. */
  readonly messages: readonly Received[];
  readonly #MsgID: string;
  readonly #ids: ReadonlyMap<Draft, string>;

  constructor(messages: readonly Received[], MsgID: string, ids: ReadonlyMap<Draft, string>) {
    this.messages = messages;
    this.#MsgID = MsgID;
    this.#ids = ids;
  }

  get first(): Received {
    const [first] = this.messages;
    if (first === undefined) throw new Violation('no message came');
    return first;
  }

  statuses(draft: Draft): readonly Status[] {
    const CmdRef = this.#ids.get(draft);
    return this.messages
      .flatMap(statusesOf)
      .filter((status) => Number(status.MsgRef) === Number(this.#MsgID))
      .filter((status) => status.CmdRef === CmdRef);
  }

  codes(draft: Draft): readonly string[] {
    return this.statuses(draft).map(({ Data }) => Data);
  }

  /** The code of a command that has one answer. */
  code(draft: Draft): string {
    const [code, ...more] = this.codes(draft);
    if (code === undefined) throw new Violation(`${draft.kind} has no Status`);
    if (more.length > 0) throw new Violation(`${draft.kind} has ${more.length + 1} Statuses`);
    return code;
  }

  results(draft: Draft): readonly Results[] {
    const CmdRef = this.#ids.get(draft);
    return this.messages
      .flatMap(resultsOf)
      .filter((results) => Number(results.MsgRef ?? '1') === Number(this.#MsgID))
      .filter((results) => (results.CmdRef ?? '1') === CmdRef);
  }

  items(draft: Draft): readonly Item[] {
    return this.results(draft).flatMap(({ Items }) => Items);
  }

  /** The text of the one Item that a Get gave. */
  text(draft: Draft): string {
    requireEqual(this.code(draft), '200', `Status of ${uriOf(draft)}`);
    const items = this.items(draft);
    if (items.length !== 1)
      throw new Violation(`${uriOf(draft)}: ${items.length} Items of Results`);
    const Data = items[0]?.Data;
    if (Data === undefined) throw new Violation(`${uriOf(draft)}: an Item without Data`);
    return typeof Data === 'string' ? Data : Buffer.from(Data).toString('utf8');
  }

  /** Requires a code of each command: `[[get, '404'], ...]`. */
  require(...expected: readonly (readonly [Draft, string])[]): void {
    for (const [draft, code] of expected) {
      requireEqual(this.code(draft), code, `Status of ${draft.kind} ${uriOf(draft)}`);
    }
  }
}

function uriOf(draft: Draft): string {
  const [item] = 'Items' in draft ? draft.Items : [];
  return (item?.Target ?? item?.Source)?.LocURI ?? '';
}
