export { octetsOf } from './data.ts';
export { decodeSyncML } from './decode.ts';
export { encodeSyncML } from './encode.ts';
export { CONTENT_TYPES, type Encoding, sniffEncoding } from './encoding.ts';
export { LIMITS } from './limits.ts';
export type * from './message.ts';
export { effectiveMeta, FORMATS } from './meta.ts';
