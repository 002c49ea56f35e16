/**
 * What the packages #1 to #4 are made of: the header of every message, and the content of package #1.
 *
 * OMA-DMPRO 8.1 to 8.6; RepPro 1.2.2 SyncHdr. Used by both engines.
 */
import type { Item, SyncHdr } from '../syncml/message.ts';
import type { Draft } from './packages-draft.ts';
import { carried } from './packages-status.ts';
import { LOCAL, type Tree } from './tree/tree.ts';

/** OMA-DMPRO 8.1: the versions that every message states, and the only ones spoken. */
export const VERSIONS = { VerDTD: '1.2', VerProto: 'DM/1.2' } as const;

/** RepPro 1.2.2 Status: 505 and 513 list what is supported. */
export interface VersionMismatch {
  readonly code: 505 | 513;
  readonly items: Item[];
}

export function versionMismatch(hdr: SyncHdr): VersionMismatch | undefined {
  // [REPPRO 6.1.24-1]
  if (hdr.VerDTD.trim() !== VERSIONS.VerDTD) {
    return { code: 505, items: [{ Data: VERSIONS.VerDTD }] };
  }
  // [REPPRO 6.1.25-1]
  if (hdr.VerProto.trim().toUpperCase() !== VERSIONS.VerProto) {
    return { code: 513, items: [{ Data: VERSIONS.VerProto }] };
  }
  return undefined;
}

/** [REPPRO 6.1.12-1] MsgID: a number from 1; undefined for anything else, and for what no session reaches. */
export function messageNumber(MsgID: string): number | undefined {
  return /^[0-9]{1,9}$/.test(MsgID) && Number(MsgID) > 0 ? Number(MsgID) : undefined;
}

/** OMA-DMPRO: a session of more messages than this is a loop. */
export const MESSAGES_MAX = 1000;

const DEV_INFO = './DevInfo';

/** Interior nodes below DevInfo, and a bound for a tree that its own shell spoilt. */
const DEV_INFO_DEPTH_MAX = 16;

/** [REPPRO 6.1.10-1] One Item per leaf of DevInfo, the PacketCable extension in it, with Source as address. */
export function devInfoItems(tree: Tree): Item[] {
  return leafItems(tree, DEV_INFO, DEV_INFO_DEPTH_MAX);
}

function leafItems(tree: Tree, uri: string, depth: number): Item[] {
  const node = tree.get(uri, LOCAL);
  if (!node.ok || depth === 0) return [];
  const { Format, Type, Data } = node.value;
  if (Format === 'node') {
    return tree.children(uri).flatMap((name) => leafItems(tree, `${uri}/${name}`, depth - 1));
  }
  const value = carried(Format, Data);
  const Meta = { Format: value.Format ?? Format, Type };
  return [{ Source: { LocURI: uri }, Meta, Data: value.Data }];
}

/**
 * The content of package #1: the session's Alert, DevInfo, then what the client reports by itself.
 * [DMPRO 8.3-1] [DMPRO 8.3-2] Alert 1200 or 1201 and the Replace of DevInfo MUST be in it.
 */
export function package1(alert: '1200' | '1201', tree: Tree, alerts: readonly Draft[]): Draft[] {
  return [
    { kind: 'Alert', Data: alert, Items: [] },
    // [R-6.9.1-1] [R-6.9.1-2] DevInfo, always, with every node that the PacketCable extension has.
    { kind: 'Replace', Items: devInfoItems(tree) },
    ...alerts,
  ];
}
