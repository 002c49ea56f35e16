/** How a planned node stands, as the store keeps it. */
import type { Instant } from '@ueprov/protocols';
import { UNANSWERED } from '@ueprov/protocols/dm';
import type { NodeStep, PlannedNode } from './plan.ts';
import type { DesiredNode } from './profile.ts';
import type { ConfigState, NodeRecord } from './store/record.ts';
import { textOf } from './value.ts';

const STATES: Readonly<Record<NodeStep, ConfigState>> = {
  replace: 'not-sent',
  add: 'not-sent',
  'add-parents': 'not-sent',
  'read-back': 'pending',
  read: 'unmanaged',
  reported: 'unmanaged',
  verified: 'verified',
  different: 'different',
  rejected: 'rejected',
  unreadable: 'unverifiable',
};

export function nodeRecord(
  device: string,
  node: PlannedNode,
  session: string,
  now: Instant,
): NodeRecord {
  const { desired, step, status, reported } = node;
  return {
    ...wanted(device, desired),
    state: STATES[step],
    session,
    // A device that finished its package without a word gave no Status.
    ...(status !== undefined && status !== UNANSWERED && { status }),
    ...(reported !== undefined && { reported: textOf(reported) }),
    ...(step === 'verified' && { verifiedAt: now }),
  };
}

/** A node of which the device was told nothing yet. */
export function wanted(device: string, { uri, Format, Data }: DesiredNode): NodeRecord {
  if (Data === undefined) return { device, uri, format: Format, state: 'unmanaged' };
  return { device, uri, format: Format, desired: textOf(Data), state: 'not-sent' };
}
