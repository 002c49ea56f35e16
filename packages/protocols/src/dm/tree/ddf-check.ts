/**
 * What in a description does not fit together, though each part can be read. OMA-DMTND 9.4.
 *
 * Used by `ueprov syncml ddf` and by whoever writes a description.
 */
import { decodeBase64 } from '../../bytes.ts';
import { ProtocolError } from '../../error.ts';
import type { Ddf, DdfNode } from './ddf.ts';
import { isWellFormed } from './format.ts';
import type { PropertyName } from './property.ts';
import { occurrenceMax } from './shape.ts';

export interface DdfFinding {
  readonly code: string;
  /** Names from the top of the document, `<X>` for one that is chosen at run time. */
  readonly path: string;
  readonly text: string;
}

export function checkDdf(ddf: Ddf): readonly DdfFinding[] {
  return ddf.nodes.flatMap((node) => [...findings(node, node.Path ?? '.')]);
}

function* findings(node: DdfNode, above: string): Generator<DdfFinding> {
  const path = `${above}/${node.NodeName === '' ? '<X>' : node.NodeName}`;
  for (const [code, text] of complaints(node)) yield { code: `DDF_${code}`, path, text };
  if (node.nodes.filter(({ NodeName }) => NodeName === '').length > 1) {
    yield { code: 'DDF_NAMES', path, text: 'two descriptions for nodes of any name' };
  }
  for (const child of node.nodes) yield* findings(child, path);
}

function* complaints(node: DdfNode): Generator<readonly [code: string, text: string]> {
  const { NodeName, Value, DFProperties } = node;
  const { DFFormat, DefaultValue, DFType, Occurrence, Scope, AccessType } = DFProperties;
  const isInterior = DFFormat === 'node';
  for (const value of [DefaultValue, Value]) {
    if (value === undefined) continue;
    if (isInterior) yield ['DEFAULT', 'a default value of an interior node'];
    else if (!isValue(node, value)) yield ['DEFAULT', `a default value that is no ${DFFormat}`];
  }
  // OMA-DMTND 9.4.3.8
  if (isInterior !== (DFType.kind === 'DDFName')) {
    yield ['TYPE', `${DFType.kind} of ${isInterior ? 'an interior node' : 'a leaf'}`];
  }
  // OMA-DMTND 7.7.3: sibling names are unique.
  if (NodeName !== '' && occurrenceMax(Occurrence) > 1) {
    yield ['OCCURRENCE', 'a node with one name cannot occur more than once'];
  }
  // OMA-DMTND 7.4: no server adds or deletes a permanent node.
  const refused = AccessType.filter((access) => access === 'Add' || access === 'Delete');
  if (Scope === 'Permanent' && refused.length > 0) {
    yield ['SCOPE', `${refused.join(' and ')} of a permanent node`];
  }
  yield* propertyComplaints(node, isInterior);
}

/** OMA-DMTND 9.4.2: where RTProperties stand, these have to be among them. */
const MANDATORY: readonly PropertyName[] = ['ACL', 'Format', 'Name', 'Type'];

function* propertyComplaints(
  { RTProperties }: DdfNode,
  isInterior: boolean,
): Generator<readonly [code: string, text: string]> {
  if (RTProperties === undefined) return;
  const missing = MANDATORY.filter((name) => RTProperties[name] === undefined);
  if (missing.length > 0) yield ['RTPROPERTIES', `RTProperties without ${missing.join(', ')}`];
  // OMA-DMTND 9.4.2.4
  if (isInterior && RTProperties.Size !== undefined) {
    yield ['RTPROPERTIES', 'Size of an interior node'];
  }
}

/** Octets stand in a description as base64. */
function isValue({ DFProperties }: DdfNode, value: string): boolean {
  if (DFProperties.DFFormat !== 'bin') return isWellFormed(DFProperties.DFFormat, value);
  try {
    decodeBase64(value);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
