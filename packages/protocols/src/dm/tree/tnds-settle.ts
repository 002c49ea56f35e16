/**
 * What each node of a TNDS document is: interior or leaf, where it stands, and its value in its
 * Format. OMA-DMTNDS 6.3.1.5 to 6.3.1.8.
 *
 * A document that makes no sense ends here: children of a leaf, two nodes at one address, a value
 * of an interior node, a name that is no URI segment. Used by `decodeTnds`.
 */
import { decodeBase64, decodeUtf8 } from '../../bytes.ts';
import type { ProtocolError } from '../../error.ts';
import type { Format } from './format.ts';
import type { MgmtTreeReading } from './mgmt-tree-reading.ts';
import type { RTProperties, TndsInterior, TndsLeaf, TndsNode } from './tnds.ts';
import type { Draft, DraftProperties } from './tnds-draft.ts';
import { readPath } from './tnds-path.ts';
import { isSegment, URI_DEPTH_MAX } from './uri.ts';

export function settleNodes(reading: MgmtTreeReading, drafts: readonly Draft[]): TndsNode[] {
  return new Settling(reading, drafts).nodes(drafts, []);
}

/** Segments from the Target; undefined below a node without a name, which has no address yet. */
type Base = readonly string[] | undefined;

class Settling {
  readonly #reading: MgmtTreeReading;
  /** [TNDS 6.3.1-5] Addresses below which a Path puts a node. */
  readonly #continued = new Set<string>();
  readonly #addresses = new Set<string>();

  constructor(reading: MgmtTreeReading, drafts: readonly Draft[]) {
    this.#reading = reading;
    for (const { Path } of drafts) {
      if (Path === undefined) continue;
      const segments = readPath(Path) ?? [];
      for (let end = segments.length; end >= 0; end--) {
        reading.cursor.take(CONTINUED_BYTES + 2 * lengthOf(segments));
        this.#continued.add(segments.slice(0, end).join('/'));
      }
    }
  }

  nodes(drafts: readonly Draft[], base: Base): TndsNode[] {
    return drafts.map((draft) => this.#node(draft, base));
  }

  #node(draft: Draft, base: Base): TndsNode {
    const address = this.#address(draft, base);
    this.#reading.cursor.take(NODE_BYTES + 2 * lengthOf(address));
    const key = address?.join('/');
    if (key !== undefined) {
      if (this.#addresses.has(key)) {
        throw this.#refuse(draft, 'TWICE', `two nodes at ${JSON.stringify(key)}`);
      }
      this.#addresses.add(key);
    }
    const { NodeName, Path } = draft;
    const named = {
      ...(NodeName !== undefined && { NodeName }),
      ...(Path !== undefined && { Path }),
    };
    const isContinued = key !== undefined && this.#continued.has(key);
    if (this.#isInterior(draft, isContinued)) {
      return { kind: 'interior', ...named, ...this.#interior(draft, address) };
    }
    if (isContinued) throw this.#refuse(draft, 'LEAF', 'a Path below a leaf');
    return { kind: 'leaf', ...named, ...this.#leaf(draft) };
  }

  /** [TNDS 6.3.1-8] The names and Paths of all ancestors together are the URI of a node. */
  #address(draft: Draft, base: Base): Base {
    const { NodeName } = draft;
    const isTop = base?.length === 0 && draft.Path === undefined;
    const path = readPath(draft.Path ?? '');
    if (path === undefined) throw this.#refuse(draft, 'PATH', 'Path is no node address');
    // [TNDS 6.3.1-7] Only what the document starts with may get its name, or its place, elsewhere.
    if (NodeName === undefined || NodeName === '') {
      if (isTop) return NodeName === '' ? [] : undefined;
      throw this.#refuse(draft, 'NAME', 'a node without a name below another');
    }
    // [TNDS 6.3.1-6]
    if (!isSegment(NodeName)) throw this.#refuse(draft, 'NAME', 'NodeName is no URI segment');
    if (base === undefined) return undefined;
    const address = [...base, ...path, NodeName];
    if (address.length > URI_DEPTH_MAX) throw this.#refuse(draft, 'PATH', 'too deep');
    return address;
  }

  /** By what is in it, by its Format, by what continues it, by its Type; else it is a leaf. */
  #isInterior({ nodes, value, RTProperties }: Draft, isContinued: boolean): boolean {
    if (nodes.length > 0) return true;
    if (RTProperties?.Format !== undefined) return RTProperties.Format === 'node';
    // [TNDS 6.3.1-4] A Value ends the recursion.
    if (value !== undefined && value.text !== '') return false;
    return isContinued || (value === undefined && RTProperties?.Type?.kind === 'DDFName');
  }

  #interior(draft: Draft, address: Base): Pick<TndsInterior, 'RTProperties' | 'nodes'> {
    const { value } = draft;
    const { Format, ...properties } = this.#properties(draft, 'DDFName');
    // [TNDS 6.3.1-12] The Format has to be that of the node.
    if (Format !== undefined && Format !== 'node') {
      throw this.#refuse(draft, 'FORMAT', `an interior node in Format ${Format}`);
    }
    if (value !== undefined && (value.text.trim() !== '' || value.octets !== undefined)) {
      throw this.#refuse(draft, 'VALUE', 'an interior node with a Value');
    }
    const RTProperties = Format === undefined ? properties : { ...properties, Format };
    return { RTProperties, nodes: this.nodes(draft.nodes, address) };
  }

  #leaf(draft: Draft): Pick<TndsLeaf, 'RTProperties' | 'Value'> {
    const { Format, ...properties } = this.#properties(draft, 'MIME');
    // `isInterior` has taken every node in Format node.
    const format = Format === 'node' ? undefined : Format;
    const RTProperties = format === undefined ? properties : { ...properties, Format: format };
    const Value = this.#value(draft, format);
    return Value === undefined ? { RTProperties } : { RTProperties, Value };
  }

  /** [TNDS 6.3.1-13] */
  #properties(draft: Draft, wanted: 'MIME' | 'DDFName'): RTProperties {
    const { RTProperties } = draft;
    if (RTProperties === undefined) {
      // [TNDS 6.3.1-9] Mandatory, yet the samples of the standard leave it out.
      this.#reading.note('NO_RTPROPERTIES', 'a Node without RTProperties', draft.where);
      return {};
    }
    const { Type, ...properties } = RTProperties;
    if (Type === undefined) return properties;
    if (Type.kind === wanted) return { ...properties, Type: Type.text };
    this.#noteType(draft, Type, wanted);
    return properties;
  }

  #noteType(draft: Draft, Type: NonNullable<DraftProperties['Type']>, wanted: string): void {
    const node = wanted === 'MIME' ? 'a leaf' : 'an interior node';
    this.#reading.note('TYPE', `${Type.kind} of ${node}, left out`, draft.where);
  }

  /**
   * Format decides and not the token: text of `bin` is base64, OPAQUE are the octets themselves.
   */
  #value(draft: Draft, format: Format | undefined): string | Uint8Array | undefined {
    const { value } = draft;
    if (value === undefined) return undefined;
    const { text, octets } = value;
    if (format !== 'bin') return octets === undefined ? text : this.#text(draft, octets);
    if (octets !== undefined) return octets;
    try {
      return decodeBase64(text);
    } catch {
      throw this.#refuse(draft, 'BASE64', 'Value in Format bin is no base64 text');
    }
  }

  #text(draft: Draft, octets: Uint8Array): string {
    try {
      return decodeUtf8(octets);
    } catch {
      throw this.#refuse(draft, 'VALUE', 'octets that are no text, in a Format of text');
    }
  }

  #refuse(draft: Draft, code: string, message: string): ProtocolError {
    const path = [draft.Path, draft.NodeName].filter((part) => part !== undefined).join('/');
    const where = path === '' ? draft.where : { ...draft.where, path };
    return this.#reading.error(code, message, where);
  }
}

/** What a settled node takes on the heap, with its draft while both are there; what a continued address takes. */
const NODE_BYTES = 448;
const CONTINUED_BYTES = 96;

/** Characters of an address, in its segments. */
function lengthOf(segments: readonly string[] | undefined): number {
  return (segments ?? []).reduce((sum, segment) => sum + segment.length + 1, 0);
}
