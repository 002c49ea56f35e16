/** `@ueprov/ue`: a UE that a program starts and stops. */
import { randomBytes } from 'node:crypto';
import type { Tree } from '@ueprov/protocols/dm/tree';
import type { TransportAddress } from '@ueprov/protocols/sip';
import { bootstrapTree } from './bootstrap.ts';
import { ConfigError, type UeConfig } from './config.ts';
import { Device } from './device.ts';
import { sipIdentity } from './identity.ts';
import { initializeTree } from './initialization.ts';
import { readDocument, replaceDocument } from './shell/disk.ts';
import { UeShell } from './shell/ue-shell.ts';
import { treeFromDisk } from './snapshot.ts';

export { ConfigError, type UeConfig, ueConfig } from './config.ts';

export interface UeHooks {
  /** A datagram left the SIP socket. */
  readonly onDatagram?: (datagram: {
    readonly at: number;
    readonly from: TransportAddress;
    readonly to: TransportAddress;
    readonly bytes: Uint8Array;
  }) => void;
  readonly onLog?: (level: 'info' | 'warn' | 'error', text: string) => void;
}

export interface RunningUe {
  readonly address: TransportAddress;
  readonly close: () => Promise<void>;
}

/** Registers, and serves until it is closed. Rejects with what could not be had. */
export async function startUe(config: UeConfig, hooks: UeHooks = {}): Promise<RunningUe> {
  const tree = await openTree(config);
  const identity = sipIdentity(tree);
  if (identity === undefined) {
    throw new ConfigError([
      `${config.tree}: no active identity with credentials, operator and P-CSCF`,
    ]);
  }
  const shell = await UeShell.bind(config.sip.host, config.sip.port, {
    onDatagram: (bytes, from, to) => hooks.onDatagram?.({ at: preciseNow(), from, to, bytes }),
    onLog: (level, text) => hooks.onLog?.(level, text),
  });
  const device = new Device({
    tree,
    identity,
    address: shell.address,
    instanceId: config.sip.instance,
    encoding: config.encoding,
    random: randomBytes,
  });
  shell.drive(device, tree, config.tree);
  return { address: shell.address, close: () => shell.close() };
}

/** The tree on disk, or the bootstrap of the configuration; initialized, and kept before it is used. */
async function openTree(config: UeConfig): Promise<Tree> {
  const now = Date.now();
  const document = await readDocument(config.tree);
  const tree =
    document === undefined ? bootstrapTree(config, now) : treeFromDisk(document, config.tree);
  initializeTree(tree, now);
  await replaceDocument(config.tree, tree.snapshot());
  return tree;
}

/** Milliseconds since 1970 with their fraction: a ladder is drawn with it. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
