/**
 * Which commands could take this server's own account off a device: after them the device finds it no more, or knows it no
 * more, and no session can repair that. OMA-DMSTDOBJ 5.3.1 (DMAcc). Pure; used by queue.ts.
 */
import { readUri } from '@ueprov/protocols/dm/tree';
import type { CommandWish } from '../store/operation-record.ts';
import type { NodeRecord } from '../store/record.ts';

/** Below `./DMAcc/<X>`: where the server is, who it is, and what both sides prove themselves with. */
const ACCESS = new Set(['appid', 'serverid', 'appaddr', 'aauthpref', 'appauth']);

/** The commands of a wish that touch an account: all accounts, or the one of this name. */
export interface AccountCommand {
  readonly command: CommandWish;
  readonly account: string | undefined;
}

export function accountCommands(commands: readonly CommandWish[]): readonly AccountCommand[] {
  return commands.flatMap((command) => {
    const touched = isTaking(command) ? touchedBy(command.uri) : undefined;
    return touched === undefined ? [] : [{ command, ...touched }];
  });
}

/** Whether the account is known to be another server's; of one that no session read it is not. (AC-36) */
export function isOfAnother(
  { account }: AccountCommand,
  ServerID: string,
  nodes: readonly NodeRecord[],
): boolean {
  if (account === undefined) return false;
  const owner = nodes.find(({ uri }) => uri === `./DMAcc/${account}/ServerID`)?.reported;
  return owner !== undefined && owner !== ServerID;
}

/** A title or an ACL takes nothing off; a new name does. */
function isTaking({ kind, prop }: CommandWish): boolean {
  if (kind === 'replace') return prop === undefined || prop === 'Name';
  return kind === 'delete' || kind === 'copy';
}

/** As the most lenient of devices would read the address. */
function touchedBy(uri: string): Pick<AccountCommand, 'account'> | undefined {
  const read = readUri(uri);
  if (!read.ok) return /dmacc/i.test(decoded(uri)) ? { account: undefined } : undefined;
  const { segments, prop } = read.value;
  if (prop !== undefined && prop !== 'Name') return undefined;
  const [root, account, leaf] = segments;
  if (root === undefined) return { account: undefined };
  if (decoded(root).toLowerCase() !== 'dmacc') return undefined;
  return leaf === undefined || ACCESS.has(decoded(leaf).toLowerCase()) ? { account } : undefined;
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, octet) => String.fromCharCode(parseInt(octet, 16)));
}
