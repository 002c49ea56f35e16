/**
 * The local log of events, `./PktcMEM/Log`: the tree is the log, and a server reads it by Get.
 *
 * PKT-SP-UE-PROV 6.8.3.1 and 6.8.3.1.4.2. Used by the UE for events whose mechanisms name `local`.
 */
import { LOCAL, type Tree } from '../dm/tree/index.ts';
import type { Instant } from '../engine.ts';
import {
  LOG_ENTRIES_DEFAULT,
  type Mechanism,
  PKTC_MEM_URI,
  resetMemEvents,
  type Severity,
} from './pktc-mem.ts';

/** [R-6.8.3.1.4.2-1] */
const LOG_URI = `${PKTC_MEM_URI}/Log`;
const CONTROL_URI = `${PKTC_MEM_URI}/Control`;

/** PKTC-EVENT-MIB: the index of the log starts again past this. */
const COUNTER_MAX = 0xffffffff;

export interface LoggedEvent {
  readonly Enterprise: number;
  readonly EventID: number;
  readonly Severity: Severity;
  readonly Text: string;
  readonly Endpoint: string;
  readonly Mechanisms: readonly Mechanism[];
  readonly NonVolatile: boolean;
}

/**
 * Appends an event. [R-6.8.3.1.4.1-i1] This is what `local` means.
 * [R-6.8.3.1-2] One like the newest entry becomes that entry. [R-6.8.3.1-3] It then says what is
 * said now.
 */
export function appendToLog(tree: Tree, event: LoggedEvent, now: Instant): void {
  const newest = tree.children(LOG_URI).at(-1);
  if (newest !== undefined && isRepeat(tree, newest, event)) {
    const uri = `${LOG_URI}/${newest}`;
    const count = Number(tree.text(`${uri}/Count`)) + 1;
    write(tree, uri, { ...leavesOf(event, now), Count: String(Math.min(count, 0x7fffffff)) }, now);
    return;
  }
  const Counter = String(newest === undefined ? 1 : (Number(newest) % COUNTER_MAX) + 1);
  const uri = `${LOG_URI}/${Counter}`;
  // [R-6.8.3.1.4.2-5] A new node goes behind those that are there; children are told in that order.
  tree.delete(uri, LOCAL, now);
  tree.add(uri, { Format: 'node' }, LOCAL, now);
  write(tree, uri, { ...leavesOf(event, now), Counter }, now);
  const max = Number(tree.text(`${CONTROL_URI}/MaxEntries`) ?? LOG_ENTRIES_DEFAULT);
  for (const name of tree.children(LOG_URI).slice(0, -max)) remove(tree, name, now);
}

function isRepeat(tree: Tree, name: string, event: LoggedEvent): boolean {
  const read = (leaf: string): number => Number(tree.text(`${LOG_URI}/${name}/${leaf}`));
  // PKT-SP-UE-PROV 6.8.3.1: identical means the same identifier of the same enterprise, whatever
  // the text.
  const isIdentical = read('EventID') === event.EventID && read('Enterprise') === event.Enterprise;
  return isIdentical && tree.text(`${CONTROL_URI}/CollapseRepeats`) === 'true';
}

function leavesOf(event: LoggedEvent, now: Instant): Record<string, string> {
  return {
    Time: new Date(now).toISOString(),
    Severity: event.Severity,
    Enterprise: String(event.Enterprise),
    EventID: String(event.EventID),
    Text: event.Text,
    Endpoint: event.Endpoint,
    Mechanisms: event.Mechanisms.join(' '),
    NonVolatile: String(event.NonVolatile),
  };
}

function write(tree: Tree, uri: string, leaves: Record<string, string>, now: Instant): void {
  for (const [name, Data] of Object.entries(leaves)) {
    tree.replace(`${uri}/${name}`, { Data }, LOCAL, now);
  }
}

function remove(tree: Tree, name: string, now: Instant): void {
  tree.delete(`${LOG_URI}/${name}`, LOCAL, now);
}

/** [R-6.8.3.1.4.2-6] What is volatile and what is not, both go. */
export function clearLog(tree: Tree, now: Instant): void {
  for (const name of tree.children(LOG_URI)) remove(tree, name, now);
}

/** [R-6.8.3.1.4.2-4] At re-initialization: what is not meant to be non-volatile goes. */
export function dropVolatileLog(tree: Tree, now: Instant): void {
  for (const name of tree.children(LOG_URI)) {
    if (tree.text(`${LOG_URI}/${name}/NonVolatile`) !== 'true') remove(tree, name, now);
  }
}

/** Does what a server has asked for by writing `true` below Control, and takes the `true` back. */
export function obeyMemControl(tree: Tree, now: Instant): void {
  if (isAsked(tree, 'ClearLog', now)) clearLog(tree, now);
  if (isAsked(tree, 'ResetEvents', now)) resetMemEvents(tree, now);
}

function isAsked(tree: Tree, name: string, now: Instant): boolean {
  const uri = `${CONTROL_URI}/${name}`;
  if (tree.text(uri) !== 'true') return false;
  tree.replace(uri, { Data: 'false' }, LOCAL, now);
  return true;
}
