/**
 * `npm run test:peers [-- NAME...]`: our programs against Kamailio, libwbxml, a browser and others.
 * `-- --packages` only prints the Debian packages that all suites need together.
 */
import './source-condition.ts';
import { resolve } from 'node:path';
import { discover } from './discover.ts';
import { installedPackages } from './suite/installed.ts';
import { formatTally, runSuite } from './suite/run.ts';
import { formatMissing, packagesOf, select } from './suite/select.ts';
import { isSuite } from './suite/suite.ts';

const asked = process.argv.slice(2);
const modules = await discover(resolve(import.meta.dirname, '../test/peers'));
const suites = modules.flatMap(({ exports }) => (isSuite(exports.suite) ? [exports.suite] : []));
const say = (line: string) => console.log(line);

if (asked[0] === '--packages') say(packagesOf(suites).join(' '));
else process.exit(await runAsked());

async function runAsked(): Promise<number> {
  const { run, skipped, missing, refusal } = select(
    suites,
    asked,
    installedPackages(packagesOf(suites)),
  );
  if (missing.length > 0) say(formatMissing(missing));
  if (refusal !== undefined) {
    say(refusal);
    return 1;
  }
  for (const { name } of skipped) say(`skip ${name}`);
  const tally = { passed: 0, failed: 0 };
  for (const suite of run) {
    const { passed, failed } = await runSuite(suite, say);
    tally.passed += passed;
    tally.failed += failed;
  }
  say(formatTally(tally, skipped.length));
  return tally.failed > 0 ? 1 : 0;
}
