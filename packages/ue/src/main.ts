/** `@ueprov/ue`: a UE that a program starts and stops. */
import { randomBytes } from 'node:crypto';
import type { Tree } from '@ueprov/protocols/dm/tree';
import type { TransportAddress } from '@ueprov/protocols/sip';
import { readSipTls } from '@ueprov/shell';
import { bootstrapTree } from './bootstrap.ts';
import { ConfigError, type UeConfig } from './config.ts';
import { Device } from './device.ts';
import { sipNetworks } from './identity.ts';
import { initializeTree } from './initialization.ts';
import { readCards } from './shell/cards.ts';
import { readDocument, replaceDocument } from './shell/disk.ts';
import { UeShell } from './shell/ue-shell.ts';
import { treeFromDisk } from './snapshot.ts';
import type { UserInterface } from './user-interface.ts';
import { actionsOf, type VendorObject } from './vendor-object.ts';

export { ConfigError, type UeConfig, ueConfig } from './config.ts';
export type { UserInterface } from './user-interface.ts';
export type { Action, ActionEnd, ActionOrder, VendorObject } from './vendor-object.ts';

export interface UeHooks {
  /** A SIP message leaves. */
  readonly onDatagram?: (datagram: {
    readonly at: number;
    readonly from: TransportAddress;
    readonly to: TransportAddress;
    readonly bytes: Uint8Array;
  }) => void;
  readonly onLog?: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** Who answers what servers ask: 406 without. */
  readonly user?: UserInterface;
  /** Objects beside the standard ones, the same at each start. */
  readonly objects?: readonly VendorObject[];
}

export interface RunningUe {
  readonly address: TransportAddress;
  readonly close: () => Promise<void>;
}

/** RFC 5626 §4.4.1: connections stay open through NATs; the shell takes 80 to 100 percent of it. */
const PING_MS = 120_000;

/** Registers, and serves until it is closed. Rejects with what could not be had. */
export async function startUe(config: UeConfig, hooks: UeHooks = {}): Promise<RunningUe> {
  const { user, objects = [] } = hooks;
  const tree = await openTree(config, objects);
  const networks = sipNetworks(tree);
  if (networks.length === 0) {
    throw new ConfigError([
      `${config.tree}: no active identity with credentials, operator and P-CSCF`,
    ]);
  }
  const { host, port, transports, tls } = config.sip;
  const secured = tls && { tls: await readSipTls(tls) };
  const sockets = { host, port, transports, pingMs: PING_MS, ...secured };
  const shell = await UeShell.open(sockets, {
    onDatagram: (bytes, from, to) => hooks.onDatagram?.({ at: preciseNow(), from, to, bytes }),
    onLog: (level, text) => hooks.onLog?.(level, text),
    user,
    actions: actionsOf(objects),
  });
  const device = new Device({
    tree,
    networks,
    address: shell.address,
    ports: shell.ports,
    transports: shell.transports,
    instanceId: config.sip.instance,
    cards: await readCards(config.tree),
    monitors: config.sip.regEvent,
    isOutbound: config.sip.outbound,
    encoding: config.encoding,
    random: randomBytes,
    hasUser: user !== undefined,
    actions: actionsOf(objects),
  });
  const resolvers = networks.flatMap((network) => network.resolvers);
  shell.drive(device, tree, config.tree, resolvers);
  return { address: shell.address, close: () => shell.close() };
}

/** The tree on disk, or the bootstrap of the configuration; initialized, and kept before it is used. */
async function openTree(config: UeConfig, objects: readonly VendorObject[]): Promise<Tree> {
  const now = Date.now();
  const shapes = objects.map(({ shape }) => shape);
  const document = await readDocument(config.tree);
  const tree =
    document === undefined
      ? bootstrapTree(config, now, shapes)
      : treeFromDisk(document, config.tree, shapes);
  initializeTree(tree, now);
  await replaceDocument(config.tree, tree.snapshot());
  return tree;
}

/** Milliseconds since 1970 with their fraction: a ladder is drawn with it. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
