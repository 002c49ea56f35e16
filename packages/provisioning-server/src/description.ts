/** What the server knows of a device's tree before it has seen it: the objects of the standards. [R-6.8.1-3] */
import { childShape, type Shape } from '@ueprov/protocols/dm/tree';
import { deviceShape } from '@ueprov/protocols/mo';

const ROOT = deviceShape();

/** Whether a node is dynamic, so that a device that was never configured lacks it. Unknown nodes: no. */
export function isAddedAtRunTime(uri: string): boolean {
  const segments = uri.replace(/^\.\//, '').split('/');
  let shape: Shape | undefined = ROOT;
  for (const segment of segments) {
    shape = shape && childShape(shape, segment);
  }
  return shape?.scope === 'Dynamic';
}
