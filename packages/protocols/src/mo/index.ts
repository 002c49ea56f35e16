export * from './dev-detail.ts';
export * from './dev-info.ts';
export * from './device-tree.ts';
export * from './dm-acc.ts';
export * from './mem-log.ts';
export * from './pktc-mem.ts';
export * from './pktc-ue.ts';
export * from './pktc-usr.ts';
