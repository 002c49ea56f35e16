/**
 * From what a device should be to the commands that make it so, and to the proof that it is.
 *
 * A node counts as verified only after a Get in the same session gave back the value that was wanted. Which verb
 * is right follows from the device's answers: Replace never creates (OMA-DMREPPRO 4.1.6, 404), Add never
 * overwrites (418), and a device need not make missing parents by itself (404 on Add). [R-6.8.1-3]
 */
import type { Operation } from '@ueprov/protocols/dm';
import { isAddedAtRunTime } from './description.ts';
import type { DesiredNode } from './profile.ts';
import { isSameValue } from './value.ts';

/** Where one desired node stands within a session. */
export type NodeStep =
  | 'replace'
  | 'add'
  | 'add-parents'
  | 'read'
  | 'reported'
  | 'read-back'
  | 'verified'
  | 'different'
  | 'rejected'
  | 'unreadable';

type Answer = '2xx' | '404' | '418' | '405' | 'equal' | 'unequal' | 'other';

/** What an answer to the step's command means for the node; an absent entry is `rejected`. */
export const TRANSITIONS: Readonly<Record<NodeStep, Partial<Record<Answer, NodeStep>>>> = {
  replace: { '2xx': 'read-back', '404': 'add' },
  add: { '2xx': 'read-back', '418': 'replace', '404': 'add-parents' },
  'add-parents': { '2xx': 'read-back', '418': 'replace' },
  // AccessType without Get: written, and nobody can prove it.
  'read-back': { equal: 'verified', unequal: 'different', '405': 'unreadable' },
  // Nothing is desired of it but to be known.
  read: { '2xx': 'reported' },
  reported: {},
  verified: {},
  different: {},
  rejected: {},
  unreadable: {},
};

export interface PlannedNode {
  readonly desired: DesiredNode;
  step: NodeStep;
  /** The last Status that the device gave for this node. */
  status?: number;
  reported?: string | Uint8Array;
  /** Commands spent: a device whose answers go in circles is not asked for ever. */
  attempts: number;
}

/** Replace, Add, Add with parents, Replace again, and the read-back. */
const ATTEMPTS_MAX = 5;

export interface OperationResult {
  readonly id: string;
  readonly status: number;
  readonly value?: { readonly Format: string; readonly Data: string | Uint8Array };
}

/** The plan of one device in one session. */
export class Plan {
  readonly nodes: readonly PlannedNode[];
  readonly #asked = new Map<string, PlannedNode>();
  #operations = 0;

  /** `known` tells what a Get of an earlier session gave back: only what differs is written. */
  constructor(desired: readonly DesiredNode[], known: ReadonlyMap<string, string>) {
    this.nodes = desired
      .filter((node) => !isKnown(node, known))
      .map((node) => ({ desired: node, step: firstStep(node, known), attempts: 0 }));
  }

  /** The commands to send next; none when every node has come to its end. */
  next(): readonly Operation[] {
    const parents = new Set<string>();
    return this.nodes.flatMap((node) => this.#commands(node, parents));
  }

  /** Takes in a device's answer; answers to what was never asked are not ours. */
  answered(result: OperationResult): void {
    const node = this.#asked.get(result.id);
    if (node === undefined) return;
    this.#asked.delete(result.id);
    node.status = result.status;
    if (result.value !== undefined) node.reported = result.value.Data;
    const next = TRANSITIONS[node.step][answerOf(node, result)] ?? 'rejected';
    node.step = node.attempts >= ATTEMPTS_MAX && next !== 'verified' ? 'rejected' : next;
  }

  #commands(node: PlannedNode, parents: Set<string>): Operation[] {
    const { uri, Format, Type, Data } = node.desired;
    switch (node.step) {
      case 'replace':
        return [this.#ask(node, { kind: 'Replace', uri, Format, Type, ...carrying(Data) })];
      case 'add':
        return [this.#ask(node, { kind: 'Add', uri, Format, Type, ...carrying(Data) })];
      case 'add-parents':
        return [
          ...ancestors(uri)
            .filter((parent) => !parents.has(parent) && parents.add(parent))
            .map((parent) => this.#tell({ kind: 'Add', uri: parent, Format: 'node' })),
          this.#ask(node, { kind: 'Add', uri, Format, Type, ...carrying(Data) }),
        ];
      case 'read':
      case 'read-back':
        return [this.#ask(node, { kind: 'Get', uri })];
      default:
        return [];
    }
  }

  #ask(node: PlannedNode, operation: Omit<Operation, 'id'>): Operation {
    const asked = this.#tell(operation);
    node.attempts += 1;
    this.#asked.set(asked.id, node);
    return asked;
  }

  /** A command whose answer decides nothing: a parent that is there already (418) is as good as a new one. */
  #tell(operation: Omit<Operation, 'id'>): Operation {
    this.#operations += 1;
    return { id: String(this.#operations), ...operation };
  }
}

/** A node that only comes to be by Add is added, unless it was seen: the other verb follows from the answer. */
function firstStep({ uri, Data }: DesiredNode, known: ReadonlyMap<string, string>): NodeStep {
  if (Data === undefined) return 'read';
  return !known.has(uri) && isAddedAtRunTime(uri) ? 'add' : 'replace';
}

function carrying(Data: DesiredNode['Data']): { readonly Data?: string | Uint8Array } {
  return Data === undefined ? {} : { Data };
}

function isKnown(node: DesiredNode, known: ReadonlyMap<string, string>): boolean {
  const reported = known.get(node.uri);
  if (reported === undefined || node.Data === undefined) return false;
  return isSameValue(node.Format, node.Data, reported);
}

function answerOf(node: PlannedNode, result: OperationResult): Answer {
  const { status } = result;
  if (status === 404 || status === 418 || status === 405) return `${status}`;
  if (status < 200 || status > 299) return 'other';
  if (node.step !== 'read-back') return '2xx';
  const isEqual =
    result.value !== undefined &&
    node.desired.Data !== undefined &&
    isSameValue(node.desired.Format, node.desired.Data, result.value.Data);
  return isEqual ? 'equal' : 'unequal';
}

/** Interior nodes above a leaf, outermost first, without the root and the object's own root. */
function ancestors(uri: string): string[] {
  const segments = uri.replace(/^\.\//, '').split('/');
  return segments.slice(1, -1).map((_, index) => `./${segments.slice(0, index + 2).join('/')}`);
}
