/**
 * What `?list=` asks for: the structure of a sub-tree, its structure with values, or all of it as
 * one TNDS document.
 *
 * OMA-DMTND 8.4. Nodes that the asking server may not Get are left out without a word, what stands
 * below them is not. Used by the tree.
 */
import type { Format } from './format.ts';
import { formatUriOf, type TreeNode } from './node.ts';
import { done, type Outcome, refused } from './outcome.ts';
import { isPropertyName, PROPERTIES, type PropertyName } from './property.ts';
import { type Actor, refusal } from './rights.ts';
import type { RTProperties, Tnds, TndsNode } from './tnds.ts';

/** One node of a list, or the whole TNDS document as the value of the node that it starts with. */
export interface ListedNode {
  readonly uri: string;
  readonly Format: Format;
  /** Of an interior node: the identifier of a management object, or empty. */
  readonly Type: string;
  readonly Data?: string | Uint8Array;
}

/** What a TNDS document can tell of a node. */
export type TndsDetail = PropertyName | 'Value';

export type ListAttribute =
  | { readonly kind: 'Struct' | 'StructData' }
  | { readonly kind: 'TNDS'; readonly details: ReadonlySet<TndsDetail> };

const DETAILS: readonly TndsDetail[] = [...PROPERTIES, 'Value'];
const TNDS_ATTRIBUTE = /^TNDS(?:(?:\+[A-Za-z]+)*|(?:-[A-Za-z]+)*)$/;

/** [TND 8.4-4] [TND 8.4-6] 406 for what is not supported, and where `+` and `-` are mixed. */
export function readListAttribute(text: string): Outcome<ListAttribute> {
  if (text === 'Struct' || text === 'StructData') return done({ kind: text });
  if (!TNDS_ATTRIBUTE.test(text)) return refused(406, 'unsupported ?list=');
  const named = text.split(/[+-]/).slice(1);
  if (!named.every(isDetail)) return refused(406, 'unsupported property in ?list=');
  // Bare TNDS is everything, `+` names what is wanted, `-` what is not.
  const isWanted = (detail: TndsDetail): boolean =>
    text.includes('+') ? named.includes(detail) : !named.includes(detail);
  return done({ kind: 'TNDS', details: new Set(DETAILS.filter(isWanted)) });
}

function isDetail(text: string): text is TndsDetail {
  return text === 'Value' || isPropertyName(text);
}

/** [TND 8.4-1] [TND 8.4-2] [TND 8.4-5] Depth first, from the node itself. */
export function listNodes(start: TreeNode, isDataWanted: boolean, who: Actor): ListedNode[] {
  const listed: ListedNode[] = [];
  const walk = (node: TreeNode, uri: string): void => {
    if (refusal(node, 'Get', who) === undefined) listed.push(listedNode(node, uri, isDataWanted));
    if (node.kind === 'leaf') return;
    const below = uri === '.' ? './' : `${uri}/`;
    for (const child of node.children.values()) walk(child, below + child.name);
  };
  walk(start, formatUriOf(start));
  return listed;
}

function listedNode(node: TreeNode, uri: string, isDataWanted: boolean): ListedNode {
  if (node.kind === 'interior') return { uri, Format: 'node', Type: node.Type };
  const { Format, Type, Data } = node.value;
  return { uri, Format, Type, ...(isDataWanted && { Data }) };
}

/**
 * [TND 8.4-3] [TNDS 5.2-1] The sub-tree as a document. Its top node has the name of the node itself, none for the root, so
 * that a command whose Target is the parent writes it back.
 */
export function subtreeOf(start: TreeNode, details: ReadonlySet<TndsDetail>, who: Actor): Tnds {
  const apart: TndsNode[] = [];
  const described = (node: TreeNode, path: readonly string[]): TndsNode[] => {
    const isRoot = node.parent === undefined;
    const address = isRoot ? path : [...path, node.name];
    const isReadable = refusal(node, 'Get', who) === undefined;
    const children = node.kind === 'leaf' ? [] : [...node.children.values()];
    const nodes = children.flatMap((child) => described(child, address));
    if (isReadable)
      return [{ NodeName: isRoot ? '' : node.name, ...describe(node, nodes, details) }];
    // OMA-DMTNDS 6.3.1.7: what stands below a node that is not shown says where it belongs.
    const Path = address.join('/');
    apart.push(...nodes.map((below) => ({ ...below, ...(below.Path === undefined && { Path }) })));
    return [];
  };
  const top = described(start, []);
  return { VerDTD: '1.2', nodes: [...top, ...apart] };
}

type Described = TndsNode extends infer Each
  ? Each extends TndsNode
    ? Omit<Each, 'NodeName' | 'Path'>
    : never
  : never;

function describe(
  node: TreeNode,
  nodes: readonly TndsNode[],
  details: ReadonlySet<TndsDetail>,
): Described {
  const has = (detail: TndsDetail): boolean => details.has(detail);
  const common = {
    ...(has('ACL') && node.acl.size > 0 && { ACL: node.acl }),
    ...(has('Title') && node.Title !== '' && { Title: node.Title }),
    ...(has('TStamp') && node.TStamp !== '' && { TStamp: node.TStamp }),
    ...(has('VerNo') && { VerNo: node.VerNo }),
  };
  if (node.kind === 'interior') {
    const RTProperties: RTProperties<'node'> = {
      ...common,
      ...(has('Format') && { Format: 'node' }),
      ...(has('Type') && { Type: node.Type }),
    };
    return { kind: 'interior', RTProperties, nodes };
  }
  const { Format, Type, Data } = node.value;
  const RTProperties = {
    ...common,
    ...(has('Format') && { Format: Format as Exclude<Format, 'node'> }),
    ...(has('Type') && { Type }),
  };
  return { kind: 'leaf', RTProperties, ...(has('Value') && { Value: Data }) };
}
