/** The program whose power is cut: takes the steps of the script and keeps the tree after each. */
import { writeSync } from 'node:fs';
import { replaceDocument } from '../../../packages/ue/src/shell/disk.ts';
import { script } from './script.ts';

const [file = '', rounds = '0'] = process.argv.slice(2);
const { tree, steps } = script(Number(rounds));
await replaceDocument(file, tree.snapshot());
writeSync(1, 'kept 0\n');
for (const [index, step] of steps.entries()) {
  step();
  await replaceDocument(file, tree.snapshot());
  // Past this line a server may have been told that it is done.
  writeSync(1, `kept ${index + 1}\n`);
}
