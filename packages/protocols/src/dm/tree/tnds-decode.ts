/**
 * Octets of a TNDS document to its typed form, in XML or WBXML. OMA-DMTNDS 6.
 *
 * Two steps: the elements are read as they stand; then each node is settled as interior or leaf,
 * for which its Path continuations have to be known. Used by whoever gets a sub-tree in Data.
 */
import { decodeUtf8 } from '../../bytes.ts';
import { CLOSE, OPAQUE, OPEN } from '../../cursor.ts';
import { GatheredText } from '../../document.ts';
import { ProtocolError, type Where } from '../../error.ts';
import { type Acl, parseAcl } from './acl.ts';
import { MgmtTreeReading, VER_DTD } from './mgmt-tree-reading.ts';
import type { Tnds } from './tnds.ts';
import type { Draft, DraftProperties, DraftValue } from './tnds-draft.ts';
import { settleNodes } from './tnds-settle.ts';

/** Throws a `ProtocolError`, and nothing else, for whatever is no TNDS document. */
export function decodeTnds(data: Uint8Array | string): Tnds {
  const reading = new MgmtTreeReading(data, 'TNDS');
  const about: { VerDTD?: typeof VER_DTD; Man?: string; Mod?: string } = {};
  const drafts: Draft[] = [];
  reading.root(() => {
    reading.children('MgmtTree', ['VerDTD', 'Man', 'Mod', 'Node'], (name) => {
      if (name === 'VerDTD') about.VerDTD = reading.version();
      else if (name === 'Node') drafts.push(readNode(reading));
      // [TNDS 6.1-4]
      else if (name === 'Man' || name === 'Mod') about[name] = reading.word();
    });
    // [TNDS 6.3.1-2] VerDTD has to be there and to be 1.2.
    if (about.VerDTD === undefined) throw reading.error('VERSION', 'MgmtTree without VerDTD');
    if (drafts.length === 0) throw reading.error('EMPTY', 'MgmtTree without Node');
  });
  const nodes = settleNodes(reading, drafts);
  const { notes } = reading;
  return { VerDTD: VER_DTD, ...about, nodes, ...(notes.length > 0 && { notes }) };
}

// [TNDS 6.1-1] OMA-DMTND 9.4.1.5 and 9.4.1.9: the order of the DTD.
const NODE = ['NodeName', 'Path', 'RTProperties', 'Node', 'Value'];
const PROPERTIES = ['ACL', 'Format', 'Title', 'TStamp', 'Type', 'VerNo'];

/** What a node, its properties and its ACL take on the heap, as they are read. */
const DRAFT_BYTES = 256;
const PROPERTIES_BYTES = 160;
const ACL_BYTES = 512;
const ACL_CHARACTER_BYTES = 24;

function readNode(reading: MgmtTreeReading): Draft {
  reading.cursor.take(DRAFT_BYTES);
  const draft: Draft = { where: reading.cursor.where, nodes: [] };
  reading.children('Node', NODE, (name) => {
    if (name === 'NodeName' || name === 'Path') draft[name] = reading.word();
    else if (name === 'RTProperties') draft.RTProperties = readProperties(reading);
    else if (name === 'Node') draft.nodes.push(readNode(reading));
    else draft.value = readValue(reading);
  });
  return draft;
}

function readProperties(reading: MgmtTreeReading): DraftProperties {
  reading.cursor.take(PROPERTIES_BYTES);
  const properties: DraftProperties = {};
  // [TNDS 6.1-3] Only a subset of the run-time properties stands in the file: Name and Size do not.
  reading.children('RTProperties', PROPERTIES, (name) => {
    const where = reading.cursor.where;
    if (name === 'Format') {
      const format = reading.format('Format');
      if (format !== undefined) properties.Format = format;
    } else if (name === 'Type') {
      const type = readType(reading);
      if (type !== undefined) properties.Type = type;
    } else {
      readWord(reading, properties, name, reading.word(), where);
    }
  });
  return properties;
}

function readWord(
  reading: MgmtTreeReading,
  properties: DraftProperties,
  name: string,
  word: string,
  where: Where,
): void {
  if (name === 'ACL') {
    properties.ACL = readAcl(reading, word, where);
  } else if (name === 'Title') {
    properties.Title = word;
  } else if (word === '') {
    // An optional property without a value says nothing.
  } else if (name === 'TStamp' && TSTAMP.test(word)) {
    properties.TStamp = word;
  } else if (name === 'VerNo' && /^\d{1,5}$/.test(word) && Number(word) <= VER_NO_MAX) {
    properties.VerNo = Number(word);
  } else {
    // [TNDS 6.3.1-11] The device sets both by itself: a bad one is no reason to refuse the rest.
    reading.note('PROPERTY', `${name} is not well-formed, left out`, where);
  }
}

/** OMA-DMTND 7.7.6: UTC in basic form. */
const TSTAMP = /^\d{8}T\d{6}Z$/;
/** OMA-DMTND 7.7.8. */
const VER_NO_MAX = 65_535;

/** [TNDS 6.3.1-10] */
function readAcl(reading: MgmtTreeReading, word: string, where: Where): Acl {
  reading.cursor.take(ACL_BYTES + ACL_CHARACTER_BYTES * word.length);
  try {
    return parseAcl(word);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw reading.error('ACL', error.message, where);
  }
}

function readType(reading: MgmtTreeReading): DraftProperties['Type'] {
  let type: DraftProperties['Type'];
  reading.children('Type', ['MIME', 'DDFName'], (kind) => {
    if (type !== undefined) throw reading.error('TYPE', 'more than one Type');
    type = { kind: kind === 'MIME' ? 'MIME' : 'DDFName', text: reading.word() };
  });
  return type;
}

/** An array of octets, which may become text when the Format is known. */
const OCTETS_BYTES = 256;

/** Value is text alone; white space in it belongs to it. */
function readValue(reading: MgmtTreeReading): DraftValue {
  const { cursor } = reading;
  const text = new GatheredText();
  let octets: Uint8Array | undefined;
  let pieces = 0;
  for (let token = cursor.next(); token !== CLOSE; token = cursor.next()) {
    if (token === OPEN) throw reading.error('VALUE', 'mark-up in Value, which has to be escaped');
    pieces += 1;
    if (token === OPAQUE && pieces === 1) {
      cursor.take(3 * cursor.octets.length + OCTETS_BYTES);
      octets = cursor.octets.slice();
    } else {
      if (octets !== undefined) text.add(decodeUtf8(octets));
      text.add(cursor.text);
      octets = undefined;
    }
  }
  return octets === undefined ? { text: text.text } : { text: '', octets };
}
