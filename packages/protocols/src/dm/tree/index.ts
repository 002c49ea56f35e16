export * from './acl.ts';
export * from './format.ts';
export * from './outcome.ts';
export * from './property.ts';
export * from './shape.ts';
export type { NodeSnapshot, TreeSnapshot } from './snapshot.ts';
export * from './tree.ts';
export * from './uri.ts';
export { type GivenValue, VALUE_SIZE_MAX, wordsOf } from './value.ts';
