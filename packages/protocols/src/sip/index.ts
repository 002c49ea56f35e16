export * from './message/index.ts';
export * from './status.ts';
