export * from './catalogue.ts';
export * from './event.ts';
export * from './generic-alert.ts';
export * from './payload.ts';
export * from './provisioning-outcome.ts';
export * from './severity.ts';
