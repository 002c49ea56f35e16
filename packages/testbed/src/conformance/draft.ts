/**
 * Commands as a case writes them down: without CmdID, which is given when the message is made.
 *
 * RepPro 1.2.2 §6. The same object finds its answer afterwards: `answer.codes(draft)`.
 */
import type {
  Atomic,
  Command,
  Data,
  Item,
  Meta,
  Sequence,
  Unknown,
} from '@ueprov/protocols/syncml';

type WithoutCmdID<C> = C extends unknown ? Omit<C, 'CmdID'> : never;
type Simple = WithoutCmdID<Exclude<Command, Unknown | Atomic | Sequence>>;

/** Atomic or Sequence. */
export interface Container {
  readonly kind: 'Atomic' | 'Sequence';
  readonly Meta?: Meta;
  readonly commands: readonly Draft[];
}

export type Draft = Simple | Container;

export function get(...uris: readonly string[]): Draft {
  return { kind: 'Get', Items: uris.map(target) };
}

export function add(uri: string, Data: Data, meta?: Meta): Draft {
  return { kind: 'Add', Items: [{ ...target(uri), ...(meta && { Meta: meta }), Data }] };
}

export function addNode(uri: string, Type?: string): Draft {
  const Meta = { Format: 'node', ...(Type !== undefined && { Type }) };
  return { kind: 'Add', Items: [{ ...target(uri), Meta }] };
}

export function replace(uri: string, Data: Data, meta?: Meta): Draft {
  return { kind: 'Replace', Items: [{ ...target(uri), ...(meta && { Meta: meta }), Data }] };
}

export function del(...uris: readonly string[]): Draft {
  return { kind: 'Delete', Items: uris.map(target) };
}

export function copy(from: string, to: string): Draft {
  return { kind: 'Copy', Items: [{ ...target(to), Source: { LocURI: from } }] };
}

export function exec(uri: string, Correlator?: string): Draft {
  return {
    kind: 'Exec',
    ...(Correlator !== undefined && { Correlator }),
    Items: [target(uri)],
  };
}

/** Each text is an Item of its own. */
export function alert(code: string, ...texts: readonly string[]): Draft {
  return { kind: 'Alert', Data: code, Items: texts.map((Data) => ({ Data })) };
}

export function sequence(...commands: readonly Draft[]): Draft {
  return { kind: 'Sequence', commands };
}

export function atomic(...commands: readonly Draft[]): Draft {
  return { kind: 'Atomic', commands };
}

function target(LocURI: string): Item {
  return { Target: { LocURI } };
}

export interface Numbered {
  readonly commands: readonly Command[];
  /** The CmdID of each draft, also of those inside others. */
  readonly ids: ReadonlyMap<Draft, string>;
}

/** Gives CmdIDs from 1, in document order. */
export function numbered(drafts: readonly Draft[]): Numbered {
  const ids = new Map<Draft, string>();
  const give = (draft: Draft): Command => {
    const CmdID = String(ids.size + 1);
    ids.set(draft, CmdID);
    if (!('commands' in draft)) return { ...draft, CmdID } as Command;
    return { ...draft, CmdID, commands: draft.commands.map(give) } as Command;
  };
  return { commands: drafts.map(give), ids };
}
