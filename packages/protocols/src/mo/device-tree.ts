/**
 * The tree of a UE: all management objects under one root, and who may change them at first.
 *
 * OMA-DMSTDOBJ, PKT-SP-UE-PROV 6.8. Used by the UE when it starts for the first time and when it
 * restores its tree; a vendor adds shapes of its own.
 */
import { LOCAL, type Shape, Tree, type TreeSnapshot } from '../dm/tree/index.ts';
import type { Instant } from '../engine.ts';
import { PROXY, PROXY_URI } from './conn-mo.ts';
import { interior } from './describe.ts';
import { DEV_DETAIL, type DevDetail, writeDevDetail } from './dev-detail.ts';
import { DEV_INFO, type DevInfo, writeDevInfo } from './dev-info.ts';
import { DM_ACC, DM_ACC_URI, type DmAccount, writeDmAcc } from './dm-acc.ts';
import { type MemEvent, PKTC_MEM, PKTC_MEM_URI, writeMemEvents } from './pktc-mem.ts';
import { operators, PKTC_UE, PKTC_UE_URI } from './pktc-ue.ts';
import { PKTC_USR, PKTC_USR_URI, publicIdentities } from './pktc-usr.ts';

/** The root; `vendor` are shapes of objects that stand beside the standard ones. */
export function deviceShape(vendor: readonly Shape[] = []): Shape {
  return interior('.', 'Root of the device.', [
    DEV_INFO,
    DEV_DETAIL,
    DM_ACC,
    PKTC_UE,
    PKTC_USR,
    PKTC_MEM,
    PROXY,
    ...vendor,
  ]);
}

/** What a device is made with: by its vendor, then by its bootstrap. */
export interface DeviceFacts {
  readonly info: DevInfo;
  readonly detail: DevDetail;
  /** The account of UE provisioning; its server is allowed to configure the device. */
  readonly account: DmAccount;
  /** Name of the account's node. */
  readonly accountName?: string;
  readonly events?: readonly MemEvent[];
  readonly vendor?: readonly Shape[];
}

/** The tree of a device that starts for the first time. */
export function makeDeviceTree(facts: DeviceFacts, now: Instant): Tree {
  const tree = new Tree(deviceShape(facts.vendor));
  writeDevInfo(tree, facts.info, now);
  writeDevDetail(tree, facts.detail, now);
  writeDmAcc(tree, `${DM_ACC_URI}/${facts.accountName ?? '1'}`, facts.account, now);
  writeMemEvents(tree, facts.events ?? [], now);
  const objects = (facts.vendor ?? []).map(({ name }) => `./${name}`);
  grantConfiguration(tree, facts.account.ServerID, now, objects);
  return tree;
}

/** The tree of a device that starts again. Throws `TREE_SNAPSHOT`. */
export function restoreDeviceTree(snapshot: TreeSnapshot, vendor: readonly Shape[] = []): Tree {
  return new Tree(deviceShape(vendor), snapshot);
}

const CONFIGURED = [DM_ACC_URI, PKTC_UE_URI, PKTC_USR_URI, PKTC_MEM_URI, PROXY_URI];

/**
 * [R-6.8.4-1] The ACL of a device as it is delivered: the server of UE provisioning, and no other,
 * configures it. An account belongs to its own server: `writeDmAcc` says so.
 */
export function grantConfiguration(
  tree: Tree,
  ServerID: string,
  now: Instant,
  more: readonly string[] = [],
): void {
  const commands = ['Add', 'Delete', 'Exec', 'Get', 'Replace'];
  const Data = commands.map((command) => `${command}=${ServerID}`).join('&');
  for (const uri of [...CONFIGURED, ...more]) {
    tree.replace(`${uri}?prop=ACL`, { Data }, LOCAL, now);
  }
}

/**
 * What a UE cannot work without and has not got: an operator, its P-CSCF, an active public
 * identity.
 */
export function missingObjects(tree: Tree): readonly string[] {
  const known = operators(tree).filter(({ Domain }) => Domain !== '');
  const missing: string[] = [];
  if (known.length === 0) missing.push(`${PKTC_UE_URI}/Op`);
  if (!known.some(({ PCSCF }) => PCSCF.some(({ Addr }) => Addr !== ''))) {
    missing.push(`${PKTC_UE_URI}/Op/PCSCF`);
  }
  if (!publicIdentities(tree).some(({ isActive }) => isActive)) {
    missing.push(`${PKTC_USR_URI}/IMPU`);
  }
  return missing;
}
