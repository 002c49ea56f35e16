export * from './notification.ts';
export * from './oma-push.ts';
export * from './package0.ts';
export * from './wsp.ts';
