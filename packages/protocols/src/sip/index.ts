export * from './message/index.ts';
export * from './status.ts';
export * from './transaction/index.ts';
