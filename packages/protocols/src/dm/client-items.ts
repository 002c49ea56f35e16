/**
 * One Item of a command, carried out on the management tree in the server's name.
 *
 * OMA-DMREPPRO 6 (what each command does). Used by client-commands.ts, which answers.
 */
import type { Instant } from '../engine.ts';
import type { Command, Get, Item, Meta } from '../syncml/message.ts';
import { objectSize } from './packages-chunk.ts';
import type { Draft } from './packages-draft.ts';
import { carried } from './packages-status.ts';
import type { NodeView, Tree } from './tree/tree.ts';

export type ResultsDraft = Extract<Draft, { kind: 'Results' }>;

export interface TreeAccess {
  readonly tree: Tree;
  /** [R-6.8.4-1] Who asks: every command goes to the tree in this name, and its ACLs decide. */
  readonly ServerID: string;
  /** Of the message that holds the commands. */
  readonly MsgID: string;
  /** The largest object that we take. */
  readonly MaxObjSize: number;
  /** The largest object that the server takes. */
  readonly resultsSizeMax: number;
}

/** What came of an Item. */
export interface ItemRun {
  readonly code: number;
  /** The node that failed, where it is not the addressed one (an implicit Add). */
  readonly at?: string;
  readonly results?: readonly ResultsDraft[];
}

/** Add, Replace, Delete or Copy. `meta` is what holds for the Item. */
export function changeNode(
  kind: 'Add' | 'Replace' | 'Delete' | 'Copy',
  item: Item,
  meta: Meta,
  { tree, ServerID, MaxObjSize }: TreeAccess,
  now: Instant,
): ItemRun {
  const uri = uriOf(item);
  if (uri === undefined) return { code: 400 };
  switch (kind) {
    case 'Delete':
      return ran(tree.delete(uri, ServerID, now));
    case 'Copy':
      // [REPPRO 6.6-3] OMA-DMREPPRO 6.6.2: both addresses are required.
      if (item.Source === undefined || item.Target === undefined) return { code: 412 };
      return ran(tree.copy(item.Source.LocURI, item.Target.LocURI, ServerID, now));
    case 'Add':
    case 'Replace': {
      const { Data } = item;
      if (Data !== undefined && objectSize(Data) > MaxObjSize) return { code: 413 };
      const { Format, Type } = meta;
      const value = {
        ...(Format !== undefined && { Format }),
        ...(Type !== undefined && { Type }),
        ...(Data !== undefined && { Data }),
      };
      return ran(
        kind === 'Add'
          ? tree.add(uri, value, ServerID, now)
          : tree.replace(uri, value, ServerID, now),
      );
    }
  }
}

/** A node, a property or a list of nodes, as Results. */
export function readNode(get: Get, item: Item, access: TreeAccess): ItemRun {
  const uri = uriOf(item);
  if (uri === undefined) return { code: 400 };
  const items = isList(uri) ? listItems(uri, access) : nodeItem(uri, access);
  if (typeof items === 'number') return { code: items };
  // [DMPRO 7-5] An object beyond the peer's MaxObjSize is never sent.
  const isTooLarge = items.some(({ Data = '' }) => objectSize(Data) > access.resultsSizeMax);
  if (isTooLarge) return { code: 413 };
  const results = items.map((node): ResultsDraft => {
    return { kind: 'Results', MsgRef: access.MsgID, CmdRef: get.CmdID, Items: [node] };
  });
  return { code: 200, results };
}

/** Appendix I writes Item/Source where the standard has Item/Target. */
export function uriOf({ Target, Source }: Item): string | undefined {
  return (Target ?? Source)?.LocURI;
}

function nodeItem(uri: string, { tree, ServerID }: TreeAccess): readonly Item[] | number {
  const found = tree.get(uri, ServerID);
  return found.ok ? [resultItem(uri, found.value)] : found.status;
}

/** OMA-DMTND 8: one Item per node that the server may read, with the node's own address. */
function listItems(uri: string, { tree, ServerID }: TreeAccess): readonly Item[] | number {
  const listed = tree.list(uri, ServerID);
  if (!listed.ok) return listed.status;
  return listed.value.map(({ uri: node, ...view }) => resultItem(node, view));
}

function isList(uri: string): boolean {
  return uri.includes('?list=');
}

/** OMA-DMPRO 8.5: the node's address as it was asked for; Meta only where it is not the default. */
function resultItem(
  uri: string,
  { Format, Type, Data }: Pick<NodeView, 'Format' | 'Type'> & Partial<NodeView>,
): Item {
  const value = Data === undefined ? { Format } : carried(Format, Data);
  const Meta = {
    ...(value.Format !== undefined && value.Format !== 'chr' && { Format: value.Format }),
    ...(Type !== '' && Type !== 'text/plain' && { Type }),
  };
  const hasMeta = Object.keys(Meta).length > 0;
  return {
    Source: { LocURI: uri },
    ...(hasMeta && { Meta }),
    ...('Data' in value && { Data: value.Data }),
  };
}

function ran(outcome: { ok: true } | { ok: false; status: number; at?: string }): ItemRun {
  if (outcome.ok) return { code: 200 };
  return { code: outcome.status, ...(outcome.at !== undefined && { at: outcome.at }) };
}

/** Whether a message asks for anything: what a silent end of the session depends on. */
export function hasCommands(commands: readonly Command[]): boolean {
  return commands.some(({ kind }) => kind !== 'Status');
}
