/** `npm run build`: makes what is stale, says so on standard error. */
import { build } from './build/build.ts';

const say = (line: string) => process.stderr.write(`build: ${line}\n`);
const { built, failure } = build(`${import.meta.dirname}/..`, say);
if (failure !== undefined) {
  say(`failed: ${failure}`);
  process.exitCode = 1;
} else if (built.length === 0) say('nothing is stale');
