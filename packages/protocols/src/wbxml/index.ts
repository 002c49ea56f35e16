export { WbxmlCursor } from './cursor.ts';
export {
  DMDDF_1_2,
  DOCUMENT_TYPES,
  type DocumentType,
  PROV_1_0,
  SYNCML_1_2,
} from './document-types.ts';
export { WbxmlWriter } from './write.ts';
