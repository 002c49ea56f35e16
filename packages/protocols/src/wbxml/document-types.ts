/**
 * The document types that we read: public identifier, namespace of the root, code pages.
 *
 * OMNA WBXML public identifiers; SyncML RepPro 1.2.2 §8; OMA-DMTND 1.2 §8.6. A version octet says
 * nothing about the tables, the public identifier does.
 */

import type { AttributePage } from './pages/attribute-page.ts';
import { DMDDF_PAGE } from './pages/dm-ddf.ts';
import { METINF_PAGE } from './pages/met-inf.ts';
import type { Page } from './pages/page.ts';
import { PROV_ATTRIBUTE_PAGES, PROV_PAGES } from './pages/prov.ts';
import { SYNCML_PAGE } from './pages/syncml.ts';

export interface DocumentType {
  /** Numeric public identifier, undefined where none was assigned. */
  readonly number?: number;
  /** Formal public identifier. */
  readonly name: string;
  readonly pages: readonly Page[];
  /** Absent: documents of this type have no attributes of use. */
  readonly attributePages?: readonly AttributePage[];
}

const SYNCML_PAGES = [SYNCML_PAGE, METINF_PAGE, DMDDF_PAGE];

export const SYNCML_1_2: DocumentType = {
  number: 0x1201,
  name: '-//SYNCML//DTD SyncML 1.2//EN',
  pages: SYNCML_PAGES,
};

export const DMDDF_1_2: DocumentType = {
  name: '-//OMA//DTD-DM-DDF 1.2//EN',
  // Page 2 as OMA-DMTND has it; an encoder that knows no other page may have made it page 0.
  pages: [DMDDF_PAGE, METINF_PAGE, DMDDF_PAGE],
};

/** WAP provisioning, 1.0 and 1.1 alike. */
export const PROV_1_0: DocumentType = {
  number: 0x0b,
  name: '-//WAPFORUM//DTD PROV 1.0//EN',
  pages: PROV_PAGES,
  attributePages: PROV_ATTRIBUTE_PAGES,
};

export const DOCUMENT_TYPES: readonly DocumentType[] = [
  SYNCML_1_2,
  { number: 0x0fd3, name: '-//SYNCML//DTD SyncML 1.1//EN', pages: pagesAs('SYNCML:SYNCML1.1') },
  { number: 0x0fd1, name: '-//SYNCML//DTD SyncML 1.0//EN', pages: pagesAs('SYNCML:SYNCML1.0') },
  DMDDF_1_2,
  PROV_1_0,
];

/** SyncML 1.0 and 1.1 are read by the 1.2 table: peers use its tokens in older documents. */
function pagesAs(namespace: string): readonly Page[] {
  return [{ ...SYNCML_PAGE, namespace }, METINF_PAGE, DMDDF_PAGE];
}
