/**
 * What each element holds, in the order of the DTD: the encoder writes in it, the decoder notes where a peer did not.
 *
 * SyncML RepPro 1.2.2 §6 and §7, without what OMA DM leaves out (those elements are skipped with a note).
 */
export interface ContentModel {
  readonly element: string;
  /** Child by its place in the DTD. */
  readonly places: ReadonlyMap<string, number>;
  /** Bits of the places that may come more than once. */
  readonly many: number;
  /** Bits of the places that must come. */
  readonly required: number;
  /** False where the DTD says ANY. */
  readonly isOrdered: boolean;
}

/** `words` in DTD order: a bare name must come once, `?` may come, `*` any number. `(a|b)` share a place. */
function model(element: string, words: string): ContentModel {
  const places = new Map<string, number>();
  let many = 0;
  let required = 0;
  words.split(' ').forEach((word, place) => {
    const [, names = '', sign] = /^\(?([\w|]+)\)?([?*]?)$/.exec(word) ?? [];
    for (const name of names.split('|')) places.set(name, place);
    if (sign === '*') many |= 1 << place;
    if (sign === '') required |= 1 << place;
  });
  return { element, places, many, required, isOrdered: true };
}

const COMMANDS =
  '(Alert|Atomic|Copy|Exec|Get|Results|Sequence|Status|Add|Replace|Delete|Put|Search|Sync|Map|Move)*';

// [REPPRO 6.2-1]
export const SYNCML = model('SyncML', 'SyncHdr? SyncBody?');

export const SYNC_HDR = model(
  'SyncHdr',
  'VerDTD VerProto SessionID MsgID Target Source RespURI? NoResp? Cred? Meta?',
);

export const SYNC_BODY = model('SyncBody', `${COMMANDS} Final?`);

export const LOCATION = model('Location', 'LocURI? LocName?');

export const CRED = model('Cred', 'Meta? Data');

export const CHAL = model('Chal', 'Meta');

export const ITEM = model('Item', 'Target? Source? Meta? Data? MoreData?');

/** The DTD of Meta is ANY; MetaInfo 1.2.2 §5.1.9 orders a MetInf wrapper, which peers leave out. We write its order. */
export const META: ContentModel = {
  ...model('Meta', 'Format? Type? Mark? Size? Version? NextNonce? MaxMsgSize? MaxObjSize? EMI*'),
  isOrdered: false,
};

/** [REPPRO 6.1.4-1] Add, Copy, Delete, Exec, Get, Replace, Alert: one model, as their places do not contradict each other. */
export const COMMAND = model('command', 'CmdID NoResp? Cred? Meta? Data? Correlator? Item*');

export const CONTAINER = model('container', `CmdID NoResp? Meta? ${COMMANDS}`);

export const RESULTS = model('Results', 'CmdID MsgRef? CmdRef? Meta? TargetRef? SourceRef? Item*');

// [REPPRO 6.1.13-1]
export const STATUS = model(
  'Status',
  'CmdID MsgRef CmdRef? Cmd? TargetRef* SourceRef* Cred? Chal? Data Item*',
);
