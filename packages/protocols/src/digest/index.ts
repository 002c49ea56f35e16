export * from './aka.ts';
export * from './auth-params.ts';
export * from './digest-values.ts';
export * from './http-digest.ts';
export * from './md5.ts';
export { type MilenageKey, milenage, milenageMac, opcOf } from './milenage.ts';
export * from './syncml-auth.ts';
