import { request } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import {
  type FilterCriterion,
  fittingCriteria,
  type Occasion,
  type ServicePointTrigger,
} from './filter-criteria.ts';

function occasion(method: string, change: Partial<Occasion> = {}): Occasion {
  const headers = [{ name: 'Accept-Contact', value: '*;methods="MESSAGE"' }];
  const parts = { uri: 'sip:alice@home.example', from: '<sip:b>', to: '<sip:a>', callId: 'c' };
  return { request: request({ ...parts, method, cSeq: 1, headers }), ...change };
}
function criterion(change: Partial<FilterCriterion>): FilterCriterion {
  const applicationServer = 'sip:as.home.example';
  return { priority: 0, applicationServer, defaultHandling: 'SESSION_CONTINUED', ...change };
}
function isFitting(form: 'CNF' | 'DNF', SPTs: readonly ServicePointTrigger[], when: Occasion) {
  return fittingCriteria([criterion({ triggerPoint: { form, SPTs } })], when).length === 1;
}

const MESSAGE: ServicePointTrigger = { kind: 'Method', method: 'MESSAGE' };
const REGISTER: ServicePointTrigger = { kind: 'Method', method: 'REGISTER' };
const PUSH: ServicePointTrigger = {
  kind: 'SIPHeader',
  header: 'Accept-Contact',
  content: /MESSAGE/,
};
const PUBLISH: ServicePointTrigger = { kind: 'SIPHeader', header: 'Event' };

test('criteria come by priority, the lowest first; without a trigger they always fit', () => {
  const all = [criterion({ priority: 2 }), criterion({ priority: 0 }), criterion({ priority: 1 })];
  const found = fittingCriteria(all, occasion('MESSAGE'));
  expect(found.map(({ priority }) => priority)).toEqual([0, 1, 2]);
});

test('a method alone is a trigger', () => {
  const all = [criterion({ method: 'REGISTER' })];
  expect(fittingCriteria(all, occasion('REGISTER'))).toHaveLength(1);
  expect(fittingCriteria(all, occasion('MESSAGE'))).toEqual([]);
});

test.each([
  ['a method', [MESSAGE], true],
  ['another method', [REGISTER], false],
  ['another method, negated', [{ ...REGISTER, isNegated: true }], true],
  ['a header with content', [PUSH], true],
  ['a header that is not there', [PUBLISH], false],
  ['the Request-URI', [{ kind: 'RequestURI', uri: 'sip:alice@home.example' }], true],
  ['another Request-URI', [{ kind: 'RequestURI', uri: 'sip:bob@home.example' }], false],
] as const)('%s: %o', (_name, SPTs, fits) => {
  expect(isFitting('CNF', SPTs, occasion('MESSAGE'))).toBe(fits);
});

test('CNF is an AND of groups that are ORs, DNF an OR of groups that are ANDs', () => {
  const groups = (all: readonly [ServicePointTrigger, number][]) =>
    all.map(([spt, group]) => ({ ...spt, groups: [group] }));
  const table = [
    {
      SPTs: groups([
        [MESSAGE, 0],
        [REGISTER, 0],
      ]),
      CNF: true,
      DNF: false,
    },
    {
      SPTs: groups([
        [MESSAGE, 0],
        [REGISTER, 1],
      ]),
      CNF: false,
      DNF: true,
    },
    {
      SPTs: groups([
        [MESSAGE, 0],
        [PUSH, 1],
      ]),
      CNF: true,
      DNF: true,
    },
    {
      SPTs: groups([
        [REGISTER, 0],
        [PUBLISH, 1],
      ]),
      CNF: false,
      DNF: false,
    },
  ];
  for (const { SPTs, CNF, DNF } of table) {
    expect(isFitting('CNF', SPTs, occasion('MESSAGE'))).toBe(CNF);
    expect(isFitting('DNF', SPTs, occasion('MESSAGE'))).toBe(DNF);
  }
});

test('a condition may stand in several groups', () => {
  const SPTs = [
    { ...MESSAGE, groups: [0, 1] },
    { ...REGISTER, groups: [1] },
  ];
  expect(isFitting('DNF', SPTs, occasion('MESSAGE'))).toBe(true);
});

test('the type of a registration and the case of a session are conditions', () => {
  const initial: ServicePointTrigger = {
    kind: 'Method',
    method: 'REGISTER',
    registration: 'initial',
  };
  expect(isFitting('CNF', [initial], occasion('REGISTER', { registration: 'initial' }))).toBe(true);
  const again = occasion('REGISTER', { registration: 're-registration' });
  expect(isFitting('CNF', [initial], again)).toBe(false);
  const from: ServicePointTrigger = { kind: 'SessionCase', sessionCase: 'originating registered' };
  const sent = occasion('MESSAGE', { sessionCase: 'originating registered' });
  expect(isFitting('CNF', [from], sent)).toBe(true);
  expect(isFitting('CNF', [from], occasion('MESSAGE'))).toBe(false);
});

test('a profile part is for those who are registered, or for those who are not', () => {
  const all = [
    criterion({ profilePart: 'unregistered' }),
    criterion({ profilePart: 'registered' }),
  ];
  const away = occasion('MESSAGE', { sessionCase: 'terminating unregistered' });
  expect(fittingCriteria(all, away)).toEqual([all[0]]);
  const here = occasion('MESSAGE', { sessionCase: 'terminating registered' });
  expect(fittingCriteria(all, here)).toEqual([all[1]]);
});
