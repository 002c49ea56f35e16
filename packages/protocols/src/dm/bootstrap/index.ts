export * from './prov.ts';
export { decodeProv } from './prov-decode.ts';
export { encodeProv, formatProv } from './prov-encode.ts';
