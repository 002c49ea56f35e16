/** `@ueprov/testbed`: what tries the others. */

export { ClientBench, type ClientGround } from './client/bench.ts';
export { CLIENT_CASES } from './client/cases/client-cases.ts';
export { Listener } from './client/listener.ts';
export { PCscf } from './client/p-cscf.ts';
export { runCommand, STANDARD_GROUND, triggeredBy, triggeredByHand } from './client/trigger.ts';
export type { AccountFacts, Scheme } from './conformance/account.ts';
export { type CaseResult, type Evidence, rowOf, type Verdict } from './conformance/case.ts';
export { isChosen, runCases } from './conformance/run.ts';
export type { Caught } from './mutants/try.ts';
export { type MutantReport, tryMutants, tryOurServer, tryOurUe } from './own/self.ts';
export { formatHtml } from './report/html.ts';
export { formatJson, formatJunit, type Report } from './report/report.ts';
export { formatLine, formatTally } from './report/table.ts';
export { ServerBench, type ServerUnderTest } from './server/bench.ts';
export { SERVER_CASES } from './server/cases/server-cases.ts';
export { SCscf } from './server/s-cscf.ts';
