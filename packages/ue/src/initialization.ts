/**
 * What every start and restart does to the tree before anything else sees it. PKT-SP-UE-PROV 6.8.3.1. Used by main.ts.
 */
import type { Instant } from '@ueprov/protocols';
import { LOCAL, type Tree } from '@ueprov/protocols/dm/tree';
import { dropVolatileLog, PKTC_MEM_URI } from '@ueprov/protocols/mo';
import { IS_SYSLOG_SUPPORTED } from './event-reporter.ts';

export function initializeTree(tree: Tree, now: Instant): void {
  // [R-6.8.3.1.4.2-3] [R-6.8.3.1.4.2-4] All of the log is on disk; what is not meant to outlive a restart goes here.
  dropVolatileLog(tree, now);
  // What servers are told of this device is what this version of it can do.
  const Data = String(IS_SYSLOG_SUPPORTED);
  tree.replace(`${PKTC_MEM_URI}/Syslog/Supported`, { Data }, LOCAL, now);
}
