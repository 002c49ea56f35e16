/** SyncHdr, and the parts that it shares with Status and Item. RepPro 1.2.2 §6.1.5, §6.6. Used by the decoders. */
import { CLOSE, OPEN, skipElement, trimmed } from '../cursor.ts';
import { GatheredText } from '../document.ts';
import { CHAL, CRED, LOCATION, SYNC_HDR } from './content-model.ts';
import { decodeData, resolveOpaque } from './data.ts';
import type { Chal, Cred, Data, Location, Meta, SyncHdr } from './message.ts';
import { decodeMeta } from './meta.ts';
import type { Reading } from './reading.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const NOWHERE: Location = { LocURI: '' };

/** Reads the open SyncHdr to its end. */
export function decodeSyncHdr(reading: Reading): SyncHdr {
  const header: Mutable<SyncHdr> = {
    VerDTD: '',
    VerProto: '',
    SessionID: '',
    MsgID: '',
    Target: NOWHERE,
    Source: NOWHERE,
  };
  let seen = 0;
  for (let name = reading.child('SyncHdr'); name !== undefined; name = reading.child('SyncHdr')) {
    seen = reading.arrive(SYNC_HDR, name, seen);
    switch (name) {
      case 'VerDTD':
      case 'VerProto':
      case 'SessionID':
      case 'MsgID':
      case 'RespURI':
        header[name] = reading.word();
        break;
      case 'Target':
      case 'Source':
        header[name] = decodeLocation(reading, name);
        break;
      case 'NoResp':
        reading.word();
        header.NoResp = true;
        break;
      case 'Cred':
        header.Cred = decodeCred(reading);
        break;
      case 'Meta':
        header.Meta = decodeMeta(reading);
        break;
      default:
        reading.drop('SyncHdr');
    }
  }
  reading.require(SYNC_HDR, 'SyncHdr', seen);
  return header;
}

/** What a Location takes on the heap. */
const LOCATION_BYTES = 64;

/** [REPPRO 6.1.10-1] Reads the open Target or Source. Bare text stands for its LocURI, as in examples of RepPro. */
export function decodeLocation(reading: Reading, element: string): Location {
  const { cursor } = reading;
  cursor.take(LOCATION_BYTES);
  let LocURI: string | undefined;
  let LocName: string | undefined;
  const bare = new GatheredText();
  let isBare = false;
  let seen = 0;
  for (let token = cursor.next(); token !== CLOSE; token = cursor.next()) {
    if (token !== OPEN) {
      isBare ||= LocURI === undefined && !cursor.isBlank;
      if (isBare) bare.add(cursor.text);
      continue;
    }
    seen = reading.arrive(LOCATION, cursor.name, seen);
    if (cursor.name === 'LocURI') LocURI = reading.word();
    else if (cursor.name === 'LocName') LocName = reading.word();
    else skipElement(cursor);
  }
  if (LocURI === undefined) {
    LocURI = trimmed(bare.text, cursor);
    if (LocURI === '') throw reading.error('SYNCML_MISSING', `${element} without LocURI`, element);
    reading.note('SYNCML_BARE_LOCATION', `bare text in ${element} read as its LocURI`);
  }
  return LocName === undefined ? { LocURI } : { LocURI, LocName };
}

/** Reads the open Cred. */
export function decodeCred(reading: Reading): Cred {
  let meta: Meta | undefined;
  let data: Data = '';
  let seen = 0;
  for (let name = reading.child('Cred'); name !== undefined; name = reading.child('Cred')) {
    seen = reading.arrive(CRED, name, seen);
    if (name === 'Meta') meta = decodeMeta(reading);
    else if (name === 'Data') data = decodeData(reading);
    else reading.drop('Cred');
  }
  reading.require(CRED, 'Cred', seen);
  const resolved = resolveOpaque(data, meta);
  const Data = typeof resolved === 'string' ? trimmed(resolved, reading.cursor) : resolved;
  return meta === undefined ? { Data } : { Meta: meta, Data };
}

/** Reads the open Chal. */
export function decodeChal(reading: Reading): Chal {
  let meta: Meta = {};
  let seen = 0;
  for (let name = reading.child('Chal'); name !== undefined; name = reading.child('Chal')) {
    seen = reading.arrive(CHAL, name, seen);
    if (name === 'Meta') meta = decodeMeta(reading);
    else reading.drop('Chal');
  }
  reading.require(CHAL, 'Chal', seen);
  return { Meta: meta };
}
