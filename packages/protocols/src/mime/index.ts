export * from './header-block.ts';
export * from './media-type.ts';
