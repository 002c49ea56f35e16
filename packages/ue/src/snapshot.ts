/** A tree as it came from disk: plain JSON becomes the tree of a device, or an error that names the file. Used by main.ts. */
import { ProtocolError } from '@ueprov/protocols';
import type { NodeSnapshot, Shape, Tree } from '@ueprov/protocols/dm/tree';
import { restoreDeviceTree } from '@ueprov/protocols/mo';
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

export function treeFromDisk(document: unknown, file: string, vendor: readonly Shape[] = []): Tree {
  const parsed = Snapshot.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw notATree(file, `${issue?.path.map(String).join('.')} ${issue?.message}`);
  }
  try {
    return restoreDeviceTree(parsed.data, vendor);
  } catch (error) {
    if (error instanceof ProtocolError) throw notATree(file, error.toString(), error);
    throw error;
  }
}

function notATree(file: string, why: string, cause?: Error): Error {
  return new Error(`${file} holds no management tree: ${why}`, cause && { cause });
}
