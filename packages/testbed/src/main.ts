/** `@ueprov/testbed`: what tries the others. */

export { CLIENT_CASES } from './client/cases/index.ts';
export { type CaseResult, type Evidence, rowOf, type Verdict } from './conformance/case.ts';
export { isChosen, runCases } from './conformance/run.ts';
