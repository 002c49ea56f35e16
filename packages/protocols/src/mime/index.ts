export * from './header-block.ts';
export * from './media-type.ts';
export * from './multipart.ts';
