import { expect, test } from 'vitest';
import {
  CONTACT_COUNT_MAX,
  REGISTRATION_COUNT_MAX,
  type Reginfo,
  type ReginfoContact,
  type ReginfoRegistration,
} from './reginfo.ts';
import { type ReginfoView, takeReginfo } from './reginfo-view.ts';

function contact(id: string, change: Partial<ReginfoContact> = {}): ReginfoContact {
  const uri = `sip:${id}@192.0.2.7`;
  return { id, state: 'active', event: 'registered', uri, unknownParams: [], ...change };
}
function registration(
  id: string,
  contacts: readonly ReginfoContact[],
  state: ReginfoRegistration['state'] = 'active',
): ReginfoRegistration {
  return { aor: `sip:${id}@home.example`, id, state, contacts };
}
const full = (version: number, ...registrations: readonly ReginfoRegistration[]): Reginfo => ({
  version,
  state: 'full',
  registrations,
});
const partial = (version: number, ...registrations: readonly ReginfoRegistration[]): Reginfo => ({
  version,
  state: 'partial',
  registrations,
});

function viewOf(...documents: readonly Reginfo[]): ReginfoView | undefined {
  return documents.reduce<ReginfoView | undefined>((view, document) => {
    const outcome = takeReginfo(view, document);
    return outcome.kind === 'old' ? view : outcome.view;
  }, undefined);
}
const ids = (view: ReginfoView | undefined) =>
  view?.registrations.map((each) => [each.id, each.state, each.contacts.map(({ id }) => id)]);

const START = full(3, registration('a', [contact('1'), contact('2')]), registration('b', []));

test('the full state replaces what was known', () => {
  const view = viewOf(START, full(9, registration('b', [contact('4')])));
  expect(ids(view)).toEqual([['b', 'active', ['4']]]);
  expect(view?.version).toBe(9);
});

test('a partial state changes what it names, and nothing else', () => {
  const ended = contact('1', { state: 'terminated', event: 'unregistered' });
  const view = viewOf(START, partial(4, registration('a', [ended, contact('3')])));
  expect(ids(view)).toEqual([
    ['a', 'active', ['2', '3']],
    ['b', 'active', []],
  ]);
});

test('a registration that is over has no contacts', () => {
  const view = viewOf(START, partial(4, registration('a', [], 'terminated')));
  expect(ids(view)?.[0]).toEqual(['a', 'terminated', []]);
});

test.each([3, 2, 0])('version %i after 3 is old [SIPPUSH RFC3680.5.1-1]', (version) => {
  expect(takeReginfo(viewOf(START), full(version)).kind).toBe('old');
});

test('a gap in the versions is told, what came is taken [AC-24] [SIPPUSH RFC3680.5.1-1]', () => {
  const outcome = takeReginfo(viewOf(START), partial(5, registration('c', [contact('9')])));
  expect(outcome.kind).toBe('gap');
  expect(outcome.kind === 'gap' && ids(outcome.view)?.at(-1)).toEqual(['c', 'active', ['9']]);
  expect(takeReginfo(viewOf(START), full(5)).kind).toBe('taken');
});

test('a partial state before any full one is a gap', () => {
  expect(takeReginfo(undefined, partial(0)).kind).toBe('gap');
});

test('partial states without end do not pile up [AC-24]', () => {
  const registrations = Array.from({ length: REGISTRATION_COUNT_MAX }, (_, index) =>
    registration(`r${index}`, []),
  );
  const view = viewOf(full(0, ...registrations));
  expect(takeReginfo(view, partial(1, registration('r0', []))).kind).toBe('taken');
  const outcome = takeReginfo(view, partial(1, registration('one more', [])));
  expect(outcome.kind).toBe('gap');
  expect(outcome.kind === 'gap' && outcome.view.registrations.length).toBe(REGISTRATION_COUNT_MAX);
});

test('nor do contacts of one registration [AC-24]', () => {
  const many = Array.from({ length: CONTACT_COUNT_MAX }, (_, index) => contact(`c${index}`));
  const view = viewOf(full(0, registration('a', many)));
  const next = viewOf(
    full(0, registration('a', many)),
    partial(1, registration('a', [contact('z')])),
  );
  expect(view?.registrations[0]?.contacts).toHaveLength(CONTACT_COUNT_MAX);
  expect(next?.registrations[0]?.contacts).toHaveLength(CONTACT_COUNT_MAX);
  expect(next?.registrations[0]?.contacts.at(-1)?.id).toBe('z');
});
