/** A UE in a process of its own, so that a test can kill it: `node --conditions=source run.ts CONFIGURATION-AS-JSON`. */
import { startUe, ueConfig } from '../main.ts';

await startUe(ueConfig(JSON.parse(process.argv[2] ?? 'null')), {
  onLog: (level, text) => console.log(`${level} ${text}`),
});
