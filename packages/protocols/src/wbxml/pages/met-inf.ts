/** Code page 1 of a SyncML document. SyncML MetaInfo 1.2.2 §6. */
import { METINF_NAMESPACE } from '../../cursor.ts';
import { page } from './page.ts';

export const METINF_PAGE = page(
  METINF_NAMESPACE,
  `Anchor EMI Format FreeID FreeMem Last Mark MaxMsgSize Mem MetInf Next NextNonce SharedMem Size Type
  Version MaxObjSize FieldLevel`,
);
