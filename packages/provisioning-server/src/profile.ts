/** A profile: what devices of one kind should hold, as an operator writes it in YAML. */
import { z } from 'zod';

/** One leaf that a device should hold, or that is only read. */
export interface DesiredNode {
  readonly uri: string;
  readonly Format: string;
  readonly Type: string;
  /** undefined: whatever the device holds is right, and wanted to be known. */
  readonly Data: string | Uint8Array | undefined;
}

export interface Profile {
  readonly name: string;
  readonly nodes: readonly DesiredNode[];
}

const NODES_MAX = 10_000;
const VALUE_LENGTH_MAX = 64 * 1024;
const URI_LENGTH_MAX = 1024;

/** `./A/B`: TND 7.1, at least two segments, no empty, `.` or `..` segment, no query. */
const Uri = z
  .string()
  .max(URI_LENGTH_MAX)
  .regex(/^\.\/(?!\.{1,2}(?:\/|$))[^/?\s]+(?:\/(?!\.{1,2}(?:\/|$))[^/?\s]+)+$/, {
    error: 'a node address looks like ./Object/Leaf',
  });

const LEAF_FORMATS = ['chr', 'int', 'bool', 'bin', 'b64', 'float', 'date', 'time', 'xml'] as const;
const Scalar = z.union([z.string().max(VALUE_LENGTH_MAX), z.number(), z.boolean()]);

/** `uri: value`, or `uri: { format, type, value }` where the format does not follow from the value. */
const Leaf = z.union([
  Scalar,
  z.strictObject({
    value: Scalar,
    format: z.enum(LEAF_FORMATS).optional(),
    type: z.string().max(128).optional(),
  }),
]);

/** The YAML form of a profile. */
export const ProfileFile = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'letters, digits, . _ - only' }),
  /** Addresses that are read in every session. */
  read: z.array(Uri).max(NODES_MAX).default([]),
  nodes: z.record(Uri, Leaf).refine((nodes) => Object.keys(nodes).length <= NODES_MAX, {
    error: `at most ${NODES_MAX} nodes`,
  }),
});
export type ProfileFile = z.infer<typeof ProfileFile>;

export function profileOf(file: ProfileFile): Profile {
  const nodes = Object.entries(file.nodes).map(([uri, leaf]) => {
    const { value, format, type } = typeof leaf === 'object' ? leaf : { value: leaf };
    return {
      uri,
      Format: format ?? formatOf(value),
      Type: type ?? 'text/plain',
      Data: String(value),
    };
  });
  const read = file.read.map((uri) => ({
    uri,
    Format: 'chr',
    Type: 'text/plain',
    Data: undefined,
  }));
  return { name: file.name, nodes: [...nodes, ...read] };
}

function formatOf(value: string | number | boolean): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'chr';
  return Number.isInteger(value) ? 'int' : 'float';
}
