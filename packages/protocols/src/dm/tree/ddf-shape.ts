/**
 * Descriptions from and to the shapes that our tree obeys. OMA-DMTND 9.
 *
 * A DDF has no words for what a shape knows beyond the standard (ranges, lists of values, lengths,
 * what survives a restart), a shape none for DFTitle, CaseSense and supported properties: each way
 * keeps what both can say.
 */
import { ACCESS, type Ddf, type DdfNode, type DFType } from './ddf.ts';
import { nestNodes } from './placed-nodes.ts';
import type { Shape } from './shape.ts';

export function ddfOfShapes(
  shapes: readonly Shape[],
  device: { Man?: string; Mod?: string } = {},
): Ddf {
  return { VerDTD: '1.2', ...device, nodes: shapes.map(nodeOf) };
}

function nodeOf(shape: Shape): DdfNode {
  const { name, AccessType, DefaultValue, description, Format, occurrence, scope } = shape;
  return {
    NodeName: name,
    DFProperties: {
      AccessType: ACCESS.filter((access) => AccessType.includes(access)),
      ...(DefaultValue !== undefined && { DefaultValue }),
      Description: description,
      DFFormat: Format,
      Occurrence: occurrence,
      Scope: scope,
      DFType: typeOf(shape),
    },
    nodes: (shape.children ?? []).map(nodeOf),
  };
}

/** A leaf without a Type of its own takes any; what it holds unless told otherwise stands here. */
function typeOf({ Format, Type }: Shape): DFType {
  if (Format === 'node') return { kind: 'DDFName', DDFName: Type ?? '' };
  const usual = Format === 'bin' ? 'application/octet-stream' : 'text/plain';
  return { kind: 'MIME', MIME: [Type ?? usual] };
}

export interface PlacedShape {
  /** URI of the parent, '' at the root of the tree. */
  readonly Path: string;
  readonly shape: Shape;
}

/** The shapes of a description, in which every node stands inside its parent. */
export function shapesOfDdf(ddf: Ddf): readonly PlacedShape[] {
  return nestNodes(ddf.nodes, 'any').map((node) => ({
    Path: node.Path ?? '',
    shape: shapeOf(node),
  }));
}

function shapeOf({ NodeName, DFProperties, nodes, Value }: DdfNode): Shape {
  const { AccessType, Description, DFFormat, DFTitle, Occurrence, Scope } = DFProperties;
  const { DefaultValue = Value, DFType } = DFProperties;
  const Type = DFType.kind === 'DDFName' ? DFType.DDFName : onlyOf(DFType.MIME);
  return {
    name: NodeName,
    Format: DFFormat,
    AccessType,
    occurrence: Occurrence,
    scope: Scope,
    ...(Type !== '' && Type !== undefined && { Type }),
    ...(DefaultValue !== undefined && { DefaultValue }),
    description: Description ?? DFTitle ?? '',
    ...(nodes.length > 0 && { children: nodes.map(shapeOf) }),
    // OMA-DMSTDOBJ 5: Ext and Bearer are described by nobody, and vendors build below them.
    ...(DFFormat === 'node' && nodes.length === 0 && { open: true as const }),
  };
}

/** A shape knows one Type or any. */
function onlyOf(types: readonly string[]): string | undefined {
  return types.length === 1 ? types[0] : undefined;
}
