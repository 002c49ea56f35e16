export * from './bytes.ts';
export * from './cursor.ts';
export * from './engine.ts';
export * from './error.ts';
export * from './timers.ts';
