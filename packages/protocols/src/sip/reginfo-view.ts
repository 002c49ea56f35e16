/**
 * What a subscriber knows of the registrations, document by document (RFC 3680 §5.1 and the
 * processing of watcherinfo, RFC 3858 §4.2, that it follows). Pure: the caller keeps the view.
 */
import type { Reginfo, ReginfoContact, ReginfoRegistration } from './reginfo.ts';
import { CONTACT_COUNT_MAX, REGISTRATION_COUNT_MAX } from './reginfo.ts';

export interface ReginfoView {
  /** Of the last document taken. */
  readonly version: number;
  /** In the order in which they were first told; contacts that have ended are left out. */
  readonly registrations: readonly ReginfoRegistration[];
}

export type ReginfoOutcome =
  | { readonly kind: 'taken'; readonly view: ReginfoView }
  /** One or more documents are missing: this one is taken, and the full state has to be asked for. */
  | { readonly kind: 'gap'; readonly view: ReginfoView }
  /** Older than what is known, or a copy of it: nothing changes. */
  | { readonly kind: 'old' };

/**
 * `view` is undefined at the start of each subscription: versions begin anew with it.
 * [SIPPUSH RFC3680.5.1-1]
 */
export function takeReginfo(view: ReginfoView | undefined, document: Reginfo): ReginfoOutcome {
  const { version, state, registrations } = document;
  if (view !== undefined && version <= view.version) return { kind: 'old' };
  if (state === 'full') {
    return { kind: 'taken', view: { version, registrations: registrations.map(withoutEnded) } };
  }
  const merged = merge(view?.registrations ?? [], registrations);
  const isNext = view !== undefined && version === view.version + 1;
  // Partial documents add up without end if nobody counts: then only the full state helps.
  const isBounded = merged.length <= REGISTRATION_COUNT_MAX;
  const next = { version, registrations: merged.slice(0, REGISTRATION_COUNT_MAX) };
  return { kind: isNext && isBounded ? 'taken' : 'gap', view: next };
}

function merge(
  known: readonly ReginfoRegistration[],
  told: readonly ReginfoRegistration[],
): readonly ReginfoRegistration[] {
  const byId = new Map(known.map((each) => [each.id, each]));
  for (const each of told) {
    const contacts = mergeContacts(byId.get(each.id)?.contacts ?? [], each.contacts);
    byId.set(each.id, withoutEnded({ ...each, contacts }));
  }
  return [...byId.values()];
}

function mergeContacts(
  known: readonly ReginfoContact[],
  told: readonly ReginfoContact[],
): readonly ReginfoContact[] {
  const byId = new Map([...known, ...told].map((each) => [each.id, each]));
  return [...byId.values()].slice(-CONTACT_COUNT_MAX);
}

/** RFC 3680 §4.7.1: a registration that is not active has no contact. */
function withoutEnded(registration: ReginfoRegistration): ReginfoRegistration {
  const isActive = registration.state === 'active';
  const contacts = registration.contacts.filter(({ state }) => isActive && state === 'active');
  return { ...registration, contacts };
}
