/** What a lenient read forgave, in one line, with the clause that says otherwise. Used by decode and lint. */
import type { Note } from '@ueprov/protocols/syncml';
import { printable } from './paint.ts';

/** Code, words and place. */
export function noteLine({ code, text, byte, line }: Note): string {
  const place =
    byte !== undefined ? ` (byte ${byte})` : line !== undefined ? ` (line ${line})` : '';
  return `${code}: ${printable(text)}${place}`;
}

/** The clause that a message deviates from, by the code of the note. */
export const CLAUSES: ReadonlyMap<string, string> = new Map([
  ['SYNCML_BARE_LOCATION', 'RepPro 1.2.2 §6.1.19, §6.1.22: Target and Source hold a LocURI'],
  ['SYNCML_FORMAT_CASE', 'OMA-DMTND 1.2 §7.7.3: names of formats are lower case'],
  ['SYNCML_IGNORED', 'OMA-DMREPPRO 1.2 §5: an element that OMA DM has no use for there'],
  ['SYNCML_NAMESPACE', 'RepPro 1.2.2 §6: the namespace is SYNCML:SYNCML1.2'],
  ['SYNCML_NO_CMD', 'RepPro 1.2.2 §6.5.9: a Status names its Cmd'],
  ['SYNCML_NO_CMDREF', 'RepPro 1.2.2 §6.5.9: a Status has a CmdRef, 0 for the SyncHdr'],
  ['SYNCML_ORDER', 'RepPro 1.2.2 §7: the DTD orders the elements'],
  ['SYNCML_STRAY_TEXT', 'RepPro 1.2.2 §7: no text stands between elements'],
  ['SYNCML_SWAPPED_META', 'SyncML MetaInfo 1.2.2 §5: Format and Type have values of their own'],
  ['WBXML_EXTENSION', 'WBXML 1.3 §5.8.4.3: SyncML defines no extension token'],
  ['XML_DOCTYPE', 'RepPro 1.2.2 §5: a message is well-formed XML without a DTD of its own'],
]);
