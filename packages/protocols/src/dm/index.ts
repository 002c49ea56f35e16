/** OMA DM 1.2 sessions: authentication, packages, both engines, the HTTP binding. */
export * from './auth.ts';
export * from './client.ts';
export * from './client-interface.ts';
export * from './http.ts';
export { devInfoItems, MESSAGES_MAX, VERSIONS } from './packages.ts';
export * from './server.ts';
export * from './server-interface.ts';
