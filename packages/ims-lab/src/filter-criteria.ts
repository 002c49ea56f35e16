/**
 * Initial filter criteria: which application servers hear of a request, and in which order.
 *
 * TS 29.228 Annex B.2.2 to B.2.4 and Annex F, TS 24.229 5.4.1.7 and 5.4.3. Session descriptions are left out: there
 * are no sessions in the lab. Used by s-cscf.ts.
 */
import { headersOf, type SipRequest } from '@ueprov/protocols/sip';

/** TS 29.228 Table B.2.3.1 on who speaks. */
export type SessionCase =
  | 'originating registered'
  | 'terminating registered'
  | 'terminating unregistered';

export type RegistrationType = 'initial' | 're-registration' | 'de-registration';

/** Service Point Trigger: one condition. */
export type ServicePointTrigger = {
  /** The condition has to fail. */
  readonly isNegated?: boolean;
  /** Conditions of one group stand together; 0 unless given. */
  readonly groups?: readonly number[];
} & (
  | { readonly kind: 'Method'; readonly method: string; readonly registration?: RegistrationType }
  | { readonly kind: 'RequestURI'; readonly uri: string }
  /** Without content: the header is there. */
  | { readonly kind: 'SIPHeader'; readonly header: string; readonly content?: RegExp }
  | { readonly kind: 'SessionCase'; readonly sessionCase: SessionCase }
);

export interface TriggerPoint {
  /** `CNF`: AND of groups that are ORs; `DNF`: OR of groups that are ANDs. */
  readonly form: 'CNF' | 'DNF';
  readonly SPTs: readonly ServicePointTrigger[];
}

export interface FilterCriterion {
  /** The lowest number goes first. */
  readonly priority: number;
  /** SIP URI of the application server, one of the lab's. */
  readonly applicationServer: string;
  /** The short way to say a trigger point with this one condition. */
  readonly method?: string;
  /** Without method and trigger point the criterion fits always. */
  readonly triggerPoint?: TriggerPoint;
  /** TS 29.228 B.2.2: for users that are registered, or that are not; both unless given. */
  readonly profilePart?: 'registered' | 'unregistered';
  /** The UE's own REGISTER goes along as `message/sip`. */
  readonly includeRegisterRequest?: boolean;
  /** So does the 200 to it. */
  readonly includeRegisterResponse?: boolean;
  /** Goes along as `service-info` of `application/3gpp-ims+xml`. */
  readonly serviceInfo?: string;
  /** What becomes of the session when the application server does not answer well. */
  readonly defaultHandling: 'SESSION_CONTINUED' | 'SESSION_TERMINATED';
}

/** What is to be decided about. */
export interface Occasion {
  readonly request: SipRequest;
  /** Absent for REGISTER. */
  readonly sessionCase?: SessionCase;
  /** Of a REGISTER. */
  readonly registration?: RegistrationType;
}

/** The criteria that fit, the first one first. */
export function fittingCriteria(
  criteria: readonly FilterCriterion[],
  occasion: Occasion,
): readonly FilterCriterion[] {
  return criteria
    .filter((criterion) => isFitting(criterion, occasion))
    .toSorted((a, b) => a.priority - b.priority);
}

function isFitting(criterion: FilterCriterion, occasion: Occasion): boolean {
  const { method, triggerPoint, profilePart } = criterion;
  const isUnregistered = occasion.sessionCase === 'terminating unregistered';
  if (profilePart !== undefined && (profilePart === 'unregistered') !== isUnregistered) {
    return false;
  }
  if (method !== undefined && method !== occasion.request.method) return false;
  return triggerPoint === undefined || isTriggered(triggerPoint, occasion);
}

function isTriggered({ form, SPTs }: TriggerPoint, occasion: Occasion): boolean {
  const groups = new Map<number, boolean[]>();
  for (const spt of SPTs) {
    for (const group of spt.groups ?? [0]) {
      const isMet = isConditionMet(spt, occasion) !== (spt.isNegated ?? false);
      groups.set(group, [...(groups.get(group) ?? []), isMet]);
    }
  }
  const all = [...groups.values()];
  return form === 'CNF'
    ? all.every((conditions) => conditions.includes(true))
    : all.some((conditions) => !conditions.includes(false));
}

function isConditionMet(spt: ServicePointTrigger, occasion: Occasion): boolean {
  const { request, sessionCase, registration } = occasion;
  switch (spt.kind) {
    case 'Method': {
      const isType = spt.registration === undefined || spt.registration === registration;
      return spt.method === request.method && isType;
    }
    case 'RequestURI':
      return spt.uri === request.uri;
    case 'SessionCase':
      return spt.sessionCase === sessionCase;
    case 'SIPHeader': {
      const values = headersOf(request, spt.header);
      return spt.content === undefined
        ? values.length > 0
        : values.some((value) => spt.content?.test(value));
    }
  }
}
