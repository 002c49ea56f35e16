/** OMA DM 1.2 sessions: authentication, packages, both engines, the HTTP binding. */
export * from './auth.ts';
export {
  decodeHmacHeader,
  encodeHmacHeader,
  HMAC_HEADER,
  type MacOf,
  type ReceivedProof,
} from './auth-hmac.ts';
export * from './client.ts';
export * from './client-interface.ts';
export type { ExecOrder } from './client-run.ts';
export * from './http.ts';
export * from './http-auth.ts';
export * from './http-auth-client.ts';
export * from './http-auth-gate.ts';
export { devInfoItems, MESSAGES_MAX, VERSIONS } from './packages.ts';
export * from './server.ts';
export * from './server-interface.ts';
export { type Answer, isAnswerTo, type Question, type QuestionKind } from './user-interaction.ts';
export type { UserOptions } from './user-options.ts';
