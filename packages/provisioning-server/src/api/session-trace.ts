/** The records that belong to one session's ladder: its own messages, and the SIP that led to it and ran beside it. */
import type { Instant } from '@ueprov/protocols';
import { encodeCursor } from '../store/cursor.ts';
import type { MessageRecord, SessionRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';

/** SIP of the device this long before the session is shown with it: registration, Package #0. */
export const TRACE_LEAD_MS = 30_000;

export async function sessionTrace(
  store: Store,
  session: SessionRecord,
  now: Instant,
): Promise<readonly MessageRecord[]> {
  const own = await store.messages(session.id);
  if (session.device === undefined) return own;
  const before = await previousSession(store, session.device, session);
  const since = Math.max(session.startedAt - TRACE_LEAD_MS, before?.endedAt ?? 0);
  const until = session.endedAt ?? now;
  const sip = await store.deviceMessages(session.device, since, until);
  return [...sip, ...own].sort((a, b) => a.at - b.at);
}

/** What led to an earlier session is shown there, and not again. */
async function previousSession(
  store: Store,
  device: string,
  { startedAt, id }: SessionRecord,
): Promise<SessionRecord | undefined> {
  const after = encodeCursor([startedAt, id]);
  const { items } = await store.sessions({ device }, { limit: 1, after });
  return items[0];
}
