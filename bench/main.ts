/**
 * `npm run bench [-- ID... [--option ...]]`: one line of JSON per figure on standard output, progress on
 * standard error. Each `bench/b*.ts` exports `bench`; what starts with `--` is handed to it.
 */
import '../tools/source-condition.ts';
import { discover, unknownNames } from '../tools/discover.ts';
import { isBench } from './method.ts';

const args = process.argv.slice(2);
const asked = args.filter((arg) => !arg.startsWith('--')).map((id) => id.toUpperCase());
const options = args.filter((arg) => arg.startsWith('--'));
const modules = await discover(import.meta.dirname, /^b\d[a-z0-9-]*\.ts$/);
const benches = modules
  .flatMap(({ exports: { bench } }) => (isBench(bench) ? [bench] : []))
  .sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
const unknown = unknownNames(
  asked,
  benches.map(({ id }) => id),
);

if (unknown.length > 0) {
  console.error(`bench: no ${unknown.join(', ')}; there are`);
  for (const { id, title } of benches) console.error(`  ${id}: ${title}`);
  process.exitCode = 1;
} else {
  for (const bench of benches.filter(({ id }) => asked.length === 0 || asked.includes(id))) {
    console.error(`bench: ${bench.id} ${bench.title}`);
    for await (const figure of bench.run(options)) {
      console.log(JSON.stringify({ id: bench.id, ...figure }));
    }
  }
}
