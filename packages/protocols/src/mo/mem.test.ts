import { describe, expect, it } from 'vitest';
import { LOCAL, type Outcome, Tree } from '../dm/tree/index.ts';
import {
  appendToLog,
  clearLog,
  DESCRIPTION_LENGTH_MAX,
  deviceShape,
  dropVolatileLog,
  eventUri,
  grantConfiguration,
  type LoggedEvent,
  type MemEvent,
  mechanismsOf,
  obeyMemControl,
  readMemEvent,
  writeMemEvents,
} from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SERVER = 'dm.example';

const EVENT: MemEvent = {
  EventID: 4000970003,
  Enterprise: 4491,
  Name: 'PROV-UE-4',
  Severity: 'critical',
  Reporting: ['local', 'alert'],
  Text: 'Not all',
  NonVolatile: true,
};

function makeTree(events: readonly MemEvent[] = [EVENT]): Tree {
  const tree = new Tree(deviceShape());
  writeMemEvents(tree, events, NOW);
  grantConfiguration(tree, SERVER, NOW);
  return tree;
}

function status(outcome: Outcome<unknown>): number {
  return outcome.ok ? 200 : outcome.status;
}

function set(tree: Tree, name: string, Data: string): number {
  return status(tree.replace(`${eventUri(EVENT)}/${name}`, { Data }, SERVER, NOW));
}

function logged(tree: Tree, leaf: string): (string | undefined)[] {
  return tree.children('./PktcMEM/Log').map((name) => tree.text(`./PktcMEM/Log/${name}/${leaf}`));
}

function occurrence(EventID: number, more: Partial<LoggedEvent> = {}): LoggedEvent {
  return {
    Enterprise: 4491,
    EventID,
    Severity: 'minor',
    Text: `event ${EventID}`,
    Endpoint: 'ue1@home.example',
    Mechanisms: ['local'],
    NonVolatile: false,
    ...more,
  };
}

describe('settings of an event', () => {
  it('are those of the catalogue at first', () => {
    expect(readMemEvent(makeTree(), EVENT)).toEqual(EVENT);
    expect(readMemEvent(makeTree(), { Enterprise: 1, EventID: EVENT.EventID })).toBeUndefined();
  });

  it('severity is changed by a server through the MEM object [R-6.8.3.1.3.2-1]', () => {
    const tree = makeTree();
    expect(set(tree, 'Severity', 'harmless')).toBe(200);
    expect(readMemEvent(tree, EVENT)?.Severity).toBe('harmless');
    expect(set(tree, 'Severity', 'urgent')).toBe(500);
    expect(readMemEvent(tree, EVENT)?.Severity).toBe('harmless');
  });

  it('mechanisms are programmed through the MEM object, one or more of four [R-6.8.3.1.4.1-1] [R-6.8.3.1.4.1-2]', () => {
    const tree = makeTree();
    for (const Reporting of ['local', 'alert', 'syslog', 'none', 'syslog alert local']) {
      expect(set(tree, 'Reporting', Reporting)).toBe(200);
      expect(readMemEvent(tree, EVENT)?.Reporting).toEqual(Reporting.split(' '));
    }
    expect(set(tree, 'Reporting', 'pigeon')).toBe(500);
  });

  it('a description has at most 127 characters [R-6.8.3.1-5]', () => {
    const tree = makeTree();
    expect(set(tree, 'Text', 'a'.repeat(DESCRIPTION_LENGTH_MAX))).toBe(200);
    expect(set(tree, 'Text', 'a'.repeat(DESCRIPTION_LENGTH_MAX + 1))).toBe(500);
    expect(readMemEvent(tree, EVENT)?.Text).toHaveLength(127);
  });

  it('survive a restart with the catalogue of a newer software, and are reset on command', () => {
    const tree = makeTree();
    set(tree, 'Severity', 'fatal');
    set(tree, 'Reporting', 'none');
    set(tree, 'Text', 'other');
    const again = new Tree(deviceShape(), JSON.parse(JSON.stringify(tree.snapshot())));
    writeMemEvents(again, [{ ...EVENT, Severity: 'minor' }], NOW);
    expect(readMemEvent(again, EVENT)).toMatchObject({ Severity: 'fatal', Reporting: ['none'] });
    again.replace('./PktcMEM/Control/ResetEvents', { Data: 'true' }, SERVER, NOW);
    obeyMemControl(again, NOW);
    expect(readMemEvent(again, EVENT)).toEqual({ ...EVENT, Severity: 'minor' });
    expect(again.text('./PktcMEM/Control/ResetEvents')).toBe('false');
  });

  it('events of two enterprises with one identifier are two [R-6.8.3.1.1-3]', () => {
    const vendor = { ...EVENT, EventID: 10, Enterprise: 32473, Name: 'XYZ-EV-1' };
    const other = { ...vendor, Enterprise: 32474, Name: 'ABC-EV-1' };
    const tree = makeTree([vendor, other]);
    expect(readMemEvent(tree, vendor)?.Name).toBe('XYZ-EV-1');
    expect(readMemEvent(tree, other)?.Name).toBe('ABC-EV-1');
  });
});

describe('mechanismsOf', () => {
  it('none overrides the others [R-6.8.3.1.4.1-4]', () => {
    expect(mechanismsOf(['local', 'none', 'alert'], true)).toEqual([]);
  });

  it('syslog is ignored where it is not supported [R-6.8.3.1.4.1-3]', () => {
    expect(mechanismsOf(['local', 'syslog'], false)).toEqual(['local']);
    expect(mechanismsOf(['local', 'syslog'], true)).toEqual(['local', 'syslog']);
  });
});

describe('the local log', () => {
  it('is read through the MEM object, entry by entry [R-6.8.3.1.4.2-1] [R-6.8.3.1.4.2-2] [R-6.8.3.1.4.1-i1]', () => {
    const tree = makeTree();
    appendToLog(tree, occurrence(4000970000, { Mechanisms: ['local', 'alert'] }), NOW);
    const entry = Object.fromEntries(
      tree.children('./PktcMEM/Log/1').map((name) => {
        const read = tree.get(`./PktcMEM/Log/1/${name}`, SERVER);
        return [name, read.ok ? read.value.Data : read.status];
      }),
    );
    expect(entry).toEqual({
      Counter: '1',
      Time: '2026-01-02T03:04:05.000Z',
      Severity: 'minor',
      Enterprise: '4491',
      EventID: '4000970000',
      Text: 'event 4000970000',
      Endpoint: 'ue1@home.example',
      Mechanisms: 'local alert',
      CorrelationID: '0',
      Count: '1',
      NonVolatile: 'false',
    });
    expect(status(tree.delete('./PktcMEM/Log/1', SERVER, NOW))).toBe(405);
    expect(status(tree.replace('./PktcMEM/Log/1/Text', { Data: 'x' }, SERVER, NOW))).toBe(405);
  });

  it('is told from the oldest to the latest, kept entries first [R-6.8.3.1.4.2-5]', () => {
    const tree = makeTree();
    for (const id of [5, 3, 9]) appendToLog(tree, occurrence(id, { NonVolatile: true }), NOW);
    const again = new Tree(deviceShape(), JSON.parse(JSON.stringify(tree.snapshot())));
    dropVolatileLog(again, NOW);
    for (let id = 10; id < 20; id++) appendToLog(again, occurrence(id), NOW);
    expect(again.find('./PktcMEM/Log')?.Data).toBe('1/2/3/4/5/6/7/8/9/10/11/12/13');
    expect(logged(again, 'EventID').slice(0, 4)).toEqual(['5', '3', '9', '10']);
  });

  it('loses at re-initialization what is not meant to be kept, and only that [R-6.8.3.1.4.2-4]', () => {
    const tree = makeTree();
    for (const id of [1, 2, 3]) appendToLog(tree, occurrence(id, { NonVolatile: id === 2 }), NOW);
    dropVolatileLog(tree, NOW);
    expect(logged(tree, 'EventID')).toEqual(['2']);
  });

  it('is cleared by a server, volatile entries and others [R-6.8.3.1.4.2-6]', () => {
    const tree = makeTree();
    for (const id of [1, 2]) appendToLog(tree, occurrence(id, { NonVolatile: id === 2 }), NOW);
    obeyMemControl(tree, NOW);
    expect(logged(tree, 'EventID')).toEqual(['1', '2']);
    tree.replace('./PktcMEM/Control/ClearLog', { Data: 'true' }, SERVER, NOW);
    obeyMemControl(tree, NOW);
    expect(logged(tree, 'EventID')).toEqual([]);
    expect(tree.text('./PktcMEM/Control/ClearLog')).toBe('false');
    appendToLog(tree, occurrence(3), NOW);
    expect(logged(tree, 'Counter')).toEqual(['1']);
  });

  it('keeps consecutive identical events as one that says the latest [R-6.8.3.1-2] [R-6.8.3.1-3]', () => {
    const tree = makeTree();
    appendToLog(tree, occurrence(7, { Text: 'first' }), NOW);
    appendToLog(tree, occurrence(7, { Text: 'second', Severity: 'fatal' }), NOW + 1000);
    expect(logged(tree, 'Text')).toEqual(['second']);
    expect(logged(tree, 'Severity')).toEqual(['fatal']);
    expect(logged(tree, 'Time')).toEqual(['2026-01-02T03:04:06.000Z']);
    expect(logged(tree, 'Count')).toEqual(['2']);
    appendToLog(tree, occurrence(7, { Enterprise: 32473 }), NOW);
    appendToLog(tree, occurrence(7), NOW);
    expect(logged(tree, 'Counter')).toEqual(['1', '2', '3']);
  });

  it('keeps every one where collapsing is switched off', () => {
    const tree = makeTree();
    tree.replace('./PktcMEM/Control/CollapseRepeats', { Data: 'false' }, SERVER, NOW);
    for (let count = 0; count < 3; count++) appendToLog(tree, occurrence(7), NOW);
    expect(logged(tree, 'Counter')).toEqual(['1', '2', '3']);
  });

  it('holds MaxEntries, and the oldest go', () => {
    const tree = makeTree();
    tree.replace('./PktcMEM/Control/MaxEntries', { Data: '20' }, SERVER, NOW);
    for (let id = 1; id <= 21; id++) appendToLog(tree, occurrence(id), NOW);
    expect(logged(tree, 'EventID')).toHaveLength(20);
    expect(logged(tree, 'EventID')[0]).toBe('2');
  });

  it('starts its counter again past 32 bits', () => {
    const tree = makeTree();
    const last = './PktcMEM/Log/4294967295';
    tree.add(last, { Format: 'node' }, LOCAL, NOW);
    appendToLog(tree, occurrence(1), NOW);
    expect(tree.children('./PktcMEM/Log')).toEqual(['4294967295', '1']);
    clearLog(tree, NOW);
    expect(tree.children('./PktcMEM/Log')).toEqual([]);
  });
});
