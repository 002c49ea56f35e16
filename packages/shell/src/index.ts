export * from './alarm.ts';
export * from './dns-resolver.ts';
export * from './limits.ts';
export * from './sip-transport.ts';
export * from './tls.ts';
export * from './tls-files.ts';
