/**
 * A registration as its watchers are told of it: one element per identity of the implicit registration set.
 * RFC 3680 §5, RFC 5628 §4; TS 24.229 5.4.2.1.2. Used by watchers.ts.
 */
import type { Instant } from '@ueprov/protocols';
import {
  encodeQuoted,
  encodeUri,
  type NameAddr,
  type Parameter,
  parameterValue,
  type Reginfo,
  type ReginfoContact,
  type ReginfoRegistration,
  to,
  type UnknownParam,
} from '@ueprov/protocols/sip';
import { type Binding, instanceOf } from './binding.ts';
import { publicGruu } from './gruus.ts';
import type { IdentitySet } from './hss.ts';
import { identityOf } from './identity.ts';
import type { Registration } from './registrar.ts';

export interface Told {
  readonly isFull: boolean;
  readonly version: number;
}

/** Parameters that have a place of their own, or none, in reginfo. */
const KNOWN: readonly string[] = ['q', 'expires'];

/** `registration` is undefined for identities that are not registered and were not a moment ago. */
export function reginfoOf(
  set: IdentitySet,
  registration: Registration | undefined,
  { isFull, version }: Told,
  now: Instant,
): Reginfo {
  const registrations = set.associated.map((IMPU, index) =>
    registrationElement(IMPU, `r${index + 1}`, registration, isFull, now),
  );
  return { version, state: isFull ? 'full' : 'partial', registrations };
}

function registrationElement(
  IMPU: string,
  id: string,
  registration: Registration | undefined,
  isFull: boolean,
  now: Instant,
): ReginfoRegistration {
  if (registration === undefined) return { aor: IMPU, id, state: 'init', contacts: [] };
  const { bindings, changed, request } = registration;
  const isExplicit = identityOf(to(request).uri) === identityOf(IMPU);
  const ended = changed.filter((each) => !bindings.some((binding) => binding.id === each.id));
  // RFC 3680 §4.7: at first everything, later what has changed. [SIPPUSH RFC3680.4.7-1]
  const told = isFull ? [...bindings, ...ended] : changed;
  const contacts = told.map((binding) => {
    const state = ended.includes(binding) ? 'terminated' : 'active';
    return contactElement(binding, { IMPU, id: `${id}-${binding.id}`, state, isExplicit, now });
  });
  return { aor: IMPU, id, state: bindings.length === 0 ? 'terminated' : 'active', contacts };
}

function contactElement(
  binding: Binding,
  of: {
    readonly IMPU: string;
    readonly id: string;
    readonly state: ReginfoContact['state'];
    readonly isExplicit: boolean;
    readonly now: Instant;
  },
): ReginfoContact {
  const { contact, event, since, expiresAt, callId, cSeq, retryAfter, gruu } = binding;
  const seconds = (ms: number) => Math.max(0, Math.ceil(ms / 1000));
  const q = parameterValue(contact, 'q');
  return {
    id: of.id,
    state: of.state,
    // RFC 3680 §4.7.2: what was registered through another identity was created.
    event: event === 'registered' && !of.isExplicit ? 'created' : event,
    uri: encodeUri(contact.uri),
    durationRegistered: seconds(of.now - since),
    ...(of.state === 'active' && { expires: seconds(expiresAt - of.now) }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(q === undefined ? {} : { q }),
    callid: callId,
    cseq: cSeq,
    ...(contact.displayName === undefined ? {} : { displayName: contact.displayName }),
    unknownParams: contact.parameters.filter(isUnknown).map(unknownParam),
    ...(gruu === undefined ? {} : gruusOf(contact, of.IMPU, gruu)),
  };
}

function gruusOf(contact: NameAddr, IMPU: string, gruu: NonNullable<Binding['gruu']>) {
  const { temp, firstCseq } = gruu;
  return {
    pubGruu: publicGruu(identityOf(IMPU), instanceOf(contact) ?? ''),
    tempGruu: { uri: temp, firstCseq },
  };
}

function isUnknown({ name }: Parameter): boolean {
  return !KNOWN.includes(name.toLowerCase());
}

/** RFC 3680 §5.3.2: the value as the Contact had it. */
function unknownParam({ name, value = '', quoted }: Parameter): UnknownParam {
  return { name, value: quoted === true ? encodeQuoted(value) : value };
}
