export * from './dns-client.ts';
export * from './record.ts';
export * from './srv-order.ts';
