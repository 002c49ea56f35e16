/** Path of a TNDS or DDF node: a URI up to, but not including, the node. OMA-DMTND 9.4.1.7. */
import { isSegment, URI_DEPTH_MAX } from './uri.ts';

/**
 * The segments of a Path; none for `''`, `.` and `./`, undefined if it is no node address.
 * `./A`, `/A` and `A` are one, as in a LocURI.
 */
export function readPath(text: string): readonly string[] | undefined {
  const path = text.replace(/^\.?(?:\/|$)/, '');
  if (path === '') return [];
  const segments = path.split('/');
  return segments.length <= URI_DEPTH_MAX && segments.every(isSegment) ? segments : undefined;
}
