/** A tree's snapshot as it came from disk: plain JSON becomes a type, or an error that names the file. */
import type { NodeSnapshot, TreeSnapshot } from '@ueprov/protocols/dm/tree';
import { z } from 'zod';

const Node: z.ZodType<NodeSnapshot> = z.lazy(() =>
  z
    .object({
      name: z.string(),
      Format: z.string(),
      Type: z.string(),
      Data: z.string(),
      base64: z.string(),
      ACL: z.string(),
      Title: z.string(),
      TStamp: z.string(),
      VerNo: z.int(),
      children: z.array(Node),
    })
    .partial({ Type: true, Data: true, base64: true, ACL: true, Title: true, TStamp: true })
    .partial({ VerNo: true, children: true }),
) as z.ZodType<NodeSnapshot>;

const Snapshot = z.object({ form: z.literal(1), version: z.int(), root: Node });

export function treeSnapshot(document: unknown, file: string): TreeSnapshot {
  const parsed = Snapshot.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `${file} holds no management tree: ${issue?.path.map(String).join('.')} ${issue?.message}`,
  );
}
