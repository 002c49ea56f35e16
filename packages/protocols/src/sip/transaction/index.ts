export * from './layer.ts';
export * from './matching.ts';
export * from './non-invite-client.ts';
export * from './non-invite-server.ts';
export * from './routing.ts';
export * from './schedule.ts';
export * from './timing.ts';
