/** Devices, nodes, sessions and events as the API shows them: times in words, absence as null, secrets as stars. */
import type { Instant } from '@ueprov/protocols';
import { statusText } from '@ueprov/protocols/syncml';
import type { ConfigState, EventRecord, NodeRecord, SessionRecord } from '../store/record.ts';
import { isSecretNode } from '../store/secret-node.ts';
import type { DeviceOverview } from '../store/store.ts';
import type { Device, Event, Node, SessionSummary } from './schema.ts';

export function timeOf(at: Instant): string {
  return new Date(at).toISOString();
}

function timeOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : timeOf(at);
}

export function deviceView(overview: DeviceOverview, now: Instant): Device {
  const { state, nodes, lastSession, lastEvent } = overview;
  const desired = nodes.filter((node) => node.desired !== undefined);
  return {
    id: overview.id,
    DevId: overview.DevId,
    IMPU: overview.IMPU ?? null,
    Man: state.Man ?? null,
    Mod: state.Mod ?? null,
    PktcVersion: state.PktcVersion ?? null,
    registered: state.registeredUntil !== undefined && now < state.registeredUntil,
    registeredUntil: timeOrNull(state.registeredUntil),
    profile: overview.profile ?? null,
    config: configOf(desired),
    nodesDesired: desired.length,
    nodesVerified: desired.filter((node) => node.state === 'verified').length,
    wake: state.wake,
    wakeReason: state.wakeReason ?? null,
    lastSession: lastSession
      ? { id: lastSession.id, result: lastSession.result, at: timeOf(lastSession.startedAt) }
      : null,
    lastEvent: lastEvent
      ? {
          id: lastEvent.eventId,
          name: lastEvent.name,
          severity: lastEvent.severity,
          at: timeOf(lastEvent.at),
        }
      : null,
    seenAt: timeOrNull(state.seenAt),
  };
}

/** A device stands where its worst node stands: the first of these that any node is in. */
const WORST_FIRST = ['rejected', 'different', 'pending', 'not-sent', 'unverifiable'] as const;

function configOf(desired: readonly NodeRecord[]): ConfigState {
  if (desired.length === 0) return 'unmanaged';
  const states = new Set(desired.map(({ state }) => state));
  return WORST_FIRST.find((state) => states.has(state)) ?? 'verified';
}

export function nodeView(node: NodeRecord): Node {
  const shown = (value: string | undefined) =>
    value === undefined ? null : isSecretNode(node.uri) ? '*****' : value;
  return {
    uri: node.uri,
    desired: shown(node.desired),
    reported: shown(node.reported),
    format: node.format,
    state: node.state,
    status: node.status ?? null,
    statusText: node.status === undefined ? null : statusText(node.status),
    session: node.session ?? null,
    verifiedAt: timeOrNull(node.verifiedAt),
  };
}

export function sessionView(session: SessionRecord): SessionSummary {
  return {
    ...session,
    device: session.device ?? null,
    startedAt: timeOf(session.startedAt),
    endedAt: timeOrNull(session.endedAt),
  };
}

export function eventView(event: EventRecord): Event {
  return {
    ...event,
    at: timeOf(event.at),
    device: event.device ?? null,
    session: event.session ?? null,
  };
}
