/** OMA DM 1.2 sessions: authentication, packages, both engines, the HTTP binding. */
export * from './auth.ts';
