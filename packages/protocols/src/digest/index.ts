export * from './auth-params.ts';
export * from './digest-values.ts';
export * from './http-digest.ts';
export * from './md5.ts';
export * from './syncml-auth.ts';
