/** `node tools/licences.ts`: writes THIRD-PARTY.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatThirdParties, thirdParties } from './licences/third-party.ts';

const root = resolve(import.meta.dirname, '..');
const parties = thirdParties(JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')));
writeFileSync(`${root}/THIRD-PARTY.md`, formatThirdParties(parties));
console.log(`licences: ${parties.length} packages in THIRD-PARTY.md`);
