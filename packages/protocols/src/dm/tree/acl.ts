/**
 * The ACL property: which server may send which command to a node.
 *
 * OMA-DMTND 7.7.1. Inheritance belongs to the tree; here are the text and the question "is it
 * allowed?".
 */
import { ProtocolError } from '../../error.ts';

export const ACL_COMMANDS = ['Add', 'Delete', 'Exec', 'Get', 'Replace'] as const;

export type AclCommand = (typeof ACL_COMMANDS)[number];

/**
 * Server identifiers per command, `*` alone for everybody; without an entry the property has no
 * value.
 */
export type Acl = ReadonlyMap<AclCommand, readonly string[]>;

export const EMPTY_ACL: Acl = new Map();

export const ACL_LENGTH_MAX = 4096;

// OMA-DMTND 7.7.1.5: any printable character except "=", "&", "*", "+" and white space.
const SERVER_ID = /^[^=&*+\s\p{C}]+$/u;

/** Whether a ServerID can stand in an ACL. */
export function isAclId(text: string): boolean {
  return SERVER_ID.test(text);
}

/** [TND 7.7.1-4] Reads `Add=*&Get=a+b`. Throws `ACL_SYNTAX`, and `ACL_TOO_LONG` past `ACL_LENGTH_MAX`. */
export function parseAcl(text: string): Acl {
  if (text.length > ACL_LENGTH_MAX) throw new ProtocolError('ACL_TOO_LONG', 'ACL is too long');
  const acl = new Map<AclCommand, readonly string[]>();
  if (text === '') return acl;
  for (const entry of text.split('&')) {
    const { command, ids } = parseEntry(entry);
    // The standard's own figure names one command twice: the entries add up.
    const all = [...new Set([...(acl.get(command) ?? []), ...ids])];
    acl.set(command, all.includes('*') ? ['*'] : all);
  }
  return acl;
}

function parseEntry(entry: string): { command: AclCommand; ids: readonly string[] } {
  const equals = entry.indexOf('=');
  const command = ACL_COMMANDS.find((name) => name === entry.slice(0, equals));
  if (equals < 0 || command === undefined) {
    throw new ProtocolError('ACL_SYNTAX', 'ACL entry without a known command');
  }
  const ids = entry.slice(equals + 1).split('+');
  if (!ids.every((id) => id === '*' || isAclId(id))) {
    throw new ProtocolError('ACL_SYNTAX', 'ACL entry with a bad server identifier');
  }
  return { command, ids };
}

export function formatAcl(acl: Acl): string {
  return [...acl].map(([command, ids]) => `${command}=${ids.join('+')}`).join('&');
}

export function isAllowed(acl: Acl, command: AclCommand, serverId: string): boolean {
  const ids = acl.get(command);
  return ids !== undefined && (ids.includes('*') || ids.includes(serverId));
}

/**
 * The ACL after an account has gone: without the identifier, and without a command that nobody is
 * left for.
 */
export function withoutServer(acl: Acl, serverId: string): Acl {
  const left = new Map<AclCommand, readonly string[]>();
  for (const [command, ids] of acl) {
    const others = ids.filter((id) => id !== serverId);
    if (others.length > 0) left.set(command, others);
  }
  return left;
}
