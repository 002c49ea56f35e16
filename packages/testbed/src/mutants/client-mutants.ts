/** Faults of a DM client, row by row of the checklist. */
import type { Command, Item, SyncML } from '@ueprov/protocols/syncml';
import { type ClientMutant, eachCommand, goesOn, hears, says } from './client-faults.ts';
import { lie, withCommands, withHeader, without } from './mutant.ts';

const isResults = ({ kind }: Command) => kind === 'Results';
const isHead = (each: Command) => each.kind === 'Status' && each.CmdRef === '0';
const isFirst = ({ SyncHdr }: SyncML) => SyncHdr.MsgID === '1';

/** Changes the Items of Results. */
function results(change: (item: Item) => Item) {
  return (message: SyncML) =>
    withCommands(message, (all) =>
      all.map((each) =>
        each.kind === 'Results' ? { ...each, Items: each.Items.map(change) } : each,
      ),
    );
}

const HEADER_MUTANTS: readonly ClientMutant[] = [
  says('C-VERPROTO', 'says DM/1.1', 'HDR-1.1', (m) => withHeader(m, { VerProto: 'DM/1.1' })),
  says('C-MSGID-1', 'numbers every message 1', 'HDR-1.2 AUT-4.1', (m) =>
    withHeader(m, { MsgID: '1' }),
  ),
  says('C-MSGID-2', 'begins with MsgID 2', 'HDR-1.3 PKG-4.3', (m) =>
    withHeader(m, { MsgID: String(Number(m.SyncHdr.MsgID) + 1) }),
  ),
  says('C-SESSION', 'changes its SessionID', 'HDR-1.4 AUT-4.1', (m) =>
    isFirst(m) ? m : withHeader(m, { SessionID: 'FFFE' }),
  ),
  says('C-SESSION-LOWER', 'writes SessionID in lower case', 'HDR-3.3 NOT-1.1 NOT-1.13', (m) =>
    withHeader(m, { SessionID: `x${m.SyncHdr.SessionID.toLowerCase()}` }),
  ),
  says('C-SESSION-PADDED', 'pads SessionID with zeros', 'HDR-3.4', (m) =>
    withHeader(m, { SessionID: m.SyncHdr.SessionID.padStart(4, '0') }),
  ),
  hears('C-ANY-VERSION', 'takes any version', 'HDR-1.5 HDR-1.6', (m) =>
    withHeader(m, { VerDTD: '1.2', VerProto: 'DM/1.2' }),
  ),
  says('C-HEAD-LAST', 'puts the Status of the SyncHdr last', 'HDR-2.1 AUT-4.3', (m) =>
    withCommands(m, (all) => [...all.filter((each) => !isHead(each)), ...all.filter(isHead)]),
  ),
  says('C-NO-REFS', 'leaves TargetRef out', 'HDR-2.2', (m) =>
    withCommands(m, (all) =>
      all.map((each) => (each.kind === 'Status' ? { ...each, TargetRef: [] } : each)),
    ),
  ),
  says('C-ORDER', 'answers in reverse order', 'HDR-2.3 SEQ-1.4', (m) =>
    withCommands(m, (all) => [
      ...all.filter(isHead),
      ...all.filter((each) => !isHead(each)).toReversed(),
    ]),
  ),
  says('C-CMDID', 'numbers its commands 0', 'HDR-2.4', (m) =>
    withCommands(m, (all) => all.map((each) => ({ ...each, CmdID: '0' }))),
  ),
  hears(
    'C-UNKNOWN',
    'overlooks unknown commands',
    'HDR-2.5',
    without(({ kind }) => kind === 'Unknown'),
  ),
  says('C-RESULTS-FIRST', 'puts Results first', 'HDR-2.6', (m) =>
    withCommands(m, (all) => [...all.filter(isResults), ...all.filter((each) => !isResults(each))]),
  ),
  hears(
    'C-RESPURI',
    'ignores RespURI',
    'HDR-3.1',
    ({ SyncHdr: { RespURI: _, ...SyncHdr }, ...m }) => ({ ...m, SyncHdr }),
  ),
  says('C-SWAPPED', 'swaps Target and Source', 'HDR-3.2', (m) =>
    withHeader(m, { Target: m.SyncHdr.Source, Source: m.SyncHdr.Target }),
  ),
  says(
    'C-NO-RESULTS',
    'sends no Results',
    'HDR-4.1 HDR-4.4 GET-1 GET-2 GET-4 PKG-3.2',
    without(isResults),
  ),
  hears(
    'C-META',
    'overlooks Meta of a command',
    'HDR-4.2',
    eachCommand((each) => {
      if (!('Items' in each) || each.kind === 'Alert' || each.kind === 'Status') return each;
      const { Meta: _, ...bare } = each as Extract<Command, { kind: 'Add' }>;
      return bare;
    }),
  ),
  hears(
    'C-MARKUP',
    'takes mark-up in Data for escaped twice',
    'HDR-4.3 REP-1.13',
    eachCommand((each) => {
      if (!('Items' in each)) return each;
      const Items = each.Items.map((item) =>
        typeof item.Data === 'string' ? { ...item, Data: item.Data.replaceAll('<', '&lt;') } : item,
      );
      return { ...each, Items } as Command;
    }),
  ),
  hears(
    'C-NORESP',
    'obeys NoResp',
    'HDR-4.5',
    without((each) => 'NoResp' in each),
  ),
];

const PACKAGE_MUTANTS: readonly ClientMutant[] = [
  says('C-1201', 'always says 1201', 'PKG-1.1', (m) => alerted(m, '1200', '1201')),
  {
    ...says('C-1200', 'always says 1200', 'GEN-1.3', (m) => alerted(m, '1201', '1200')),
    setting: 'events',
  },
  says(
    'C-DEVINFO',
    'leaves Man out of DevInfo',
    'PKG-1.2',
    devInfo((items) => items.filter(({ Source }) => Source?.LocURI !== './DevInfo/Man')),
  ),
  says('C-NO-FINAL', 'forgets Final', 'PKG-1.3', (m) => ({
    ...m,
    SyncBody: { ...m.SyncBody, Final: false },
  })),
  says(
    'C-DEVID',
    'tells another DevId',
    'PKG-1.4',
    devInfo((items) =>
      items.map((item) =>
        item.Source?.LocURI === './DevInfo/DevId' ? { ...item, Data: 'other' } : item,
      ),
    ),
  ),
  says('C-COMMANDS', 'asks for something itself', 'PKG-1.5', (m) =>
    withCommands(m, (all) => [
      ...all,
      { kind: 'Get', CmdID: '98', Items: [{ Target: { LocURI: '.' } }] },
    ]),
  ),
  goesOn(
    'C-TALKS',
    'answers when it should be silent',
    'PKG-2.1 PKG-2.2 PKG-4.1 AUT-2.3',
    (last) => ({ ...last, SyncBody: { commands: [], Final: true } }),
  ),
  hears('C-ONE-PACKAGE', 'takes the commands of one package only', 'PKG-2.3', (m) =>
    isFirst(m) ? m : withCommands(m, (all) => all.filter(({ kind }) => kind === 'Status')),
  ),
  hears(
    'C-MAXMSGSIZE',
    'ignores MaxMsgSize',
    'PKG-3.1 PKG-5.1 PKG-5.2',
    ({ SyncHdr: { Meta: _, ...SyncHdr }, ...m }) => ({ ...m, SyncHdr }),
  ),
  hears('C-MAXMSGSIZE-ONCE', 'forgets MaxMsgSize', 'PKG-5.2', (m) =>
    m.SyncHdr.Meta === undefined ? withHeader(m, { Meta: { MaxMsgSize: 100_000 } }) : m,
  ),
  says(
    'C-1222',
    'gives an Alert no Status',
    'PKG-3.3 UIA-1',
    without((each) => each.kind === 'Status' && each.Cmd === 'Alert'),
  ),
  hears(
    'C-ABORT',
    'overlooks a Session Abort',
    'PKG-4.1 PKG-4.2',
    without((each) => each.kind === 'Alert' && each.Data === '1223'),
  ),
  says('C-SAME-SESSION', 'uses one SessionID for ever', 'PKG-4.3 NOT-1.1', (m) =>
    withHeader(m, { SessionID: '77' }),
  ),
];

function alerted(message: SyncML, from: string, to: string): SyncML {
  return withCommands(message, (all) =>
    all.map((each) => (each.kind === 'Alert' && each.Data === from ? { ...each, Data: to } : each)),
  );
}

function devInfo(change: (items: readonly Item[]) => readonly Item[]) {
  return (message: SyncML) =>
    withCommands(message, (all) =>
      all.map((each) => (each.kind === 'Replace' ? { ...each, Items: change(each.Items) } : each)),
    );
}

const RESULT_MUTANTS: readonly ClientMutant[] = [
  says(
    'C-RESULT-META',
    'gives Results no Meta',
    'GET-1.3 GET-3',
    results(({ Meta: _, ...item }) => item),
  ),
  says(
    'C-RESULT-SOURCE',
    'gives Results no Source',
    'GET-1.10 GET-3 GET-4.2',
    results(({ Source: _, ...item }) => item),
  ),
  says(
    'C-PROPERTY-META',
    'gives properties a Meta',
    'GET-2.7',
    results((item) => ({ ...item, Meta: { Format: 'chr' } })),
  ),
  hears(
    'C-ONE-ITEM',
    'takes the first Item alone',
    'GET-4 REP-1.12',
    eachCommand((each) =>
      'Items' in each ? ({ ...each, Items: each.Items.slice(0, 1) } as Command) : each,
    ),
  ),
  hears(
    'C-LIST-LENIENT',
    'takes any list for Struct',
    'GET-3.6 GET-3.7',
    asking(/\?list=TNDS\+ACL-Value|\?list=KitNone/, '?list=Struct'),
  ),
  hears(
    'C-LIST-VALUE',
    'gives values although they are left out',
    'GET-3.5',
    asking(/\?list=TNDS-Value/, '?list=TNDS'),
  ),
  says('C-LIST-FIRST', 'lists the first node only', 'GET-3.1 GET-3.2 GET-3.8', (m) =>
    withCommands(m, (all) =>
      all
        .map((each) =>
          each.kind === 'Results' ? { ...each, Items: each.Items.slice(0, 1) } : each,
        )
        .filter((each, index) => !isResults(each) || all.findIndex(isResults) === index),
    ),
  ),
  says(
    'C-LIST-SECRET',
    'lists secrets',
    'GET-3.8',
    results((item) => ({
      ...item,
      Source: { LocURI: `${item.Source?.LocURI}/AAuthSecret` },
    })),
  ),
  says(
    'C-LIST-DATA',
    'lists something else than values',
    'GET-3.1 GET-3.2 GET-3.4 GET-3.5',
    results((item) => ({ ...item, Data: 'mutant' })),
  ),
];

function asking(uri: RegExp, other: string) {
  return eachCommand((each) => {
    if (each.kind !== 'Get') return each;
    const Items = each.Items.map((item) => ({
      ...item,
      Target: { LocURI: (item.Target?.LocURI ?? '').replace(uri, other) },
    }));
    return { ...each, Items };
  });
}

const COMMAND_MUTANTS: readonly ClientMutant[] = [
  says(
    'C-SEQ-STATUS',
    'gives a Sequence no Status',
    'SEQ-1.1 SEQ-1.4',
    without((each) => each.kind === 'Status' && each.Cmd === 'Sequence'),
  ),
  hears(
    'C-SEQ-REVERSED',
    'runs a Sequence backwards',
    'SEQ-1.2',
    contained('Sequence', (all) => all.toReversed()),
  ),
  hears(
    'C-SEQ-STOPS',
    'ends a Sequence early',
    'SEQ-1.1 SEQ-1.3',
    contained('Sequence', (all) => all.slice(0, 1)),
  ),
  hears(
    'C-SEQ-NESTED',
    'opens a Sequence in a Sequence',
    'SEQ-1.5',
    contained('Sequence', (all) =>
      all.flatMap((each) => (each.kind === 'Sequence' ? each.commands : [each])),
    ),
  ),
  hears('C-ATOMIC-SEQUENCE', 'runs an Atomic like a Sequence', 'ATM-1', (m) =>
    withCommands(m, (all) =>
      all.map((each) => (each.kind === 'Atomic' ? { ...each, kind: 'Sequence' as const } : each)),
    ),
  ),
  says('C-ATOMIC-507', 'calls an Atomic failed', 'ATM-1.1', lie('Atomic', ['200'], '507')),
  hears(
    'C-COPY-OTHER',
    'copies something else',
    'CPY-1.1',
    eachCommand((each) =>
      each.kind === 'Copy'
        ? {
            ...each,
            Items: each.Items.map((item) => ({ ...item, Source: { LocURI: './DevInfo/Man' } })),
          }
        : each,
    ),
  ),
  says(
    'C-COPY-LIES',
    'calls every Copy done',
    'CPY-1.2 CPY-1.3',
    lie('Copy', ['404', '425', '405'], '200'),
  ),
  says('C-EXEC-LIES', 'calls every Exec done', 'EXE-1', lie('Exec', undefined, '200')),
  says('C-EXEC-500', 'calls every Exec failed', 'EXE-1.3', lie('Exec', ['200', '202'], '500')),
  says('C-ALERT-LIES', 'calls every Alert done', 'UIA-1.2 UIA-1.3', lie('Alert', undefined, '200')),
  says('C-ALERT-500', 'fails at an Alert', 'UIA-1.1', lie('Alert', undefined, '500')),
  hears('C-ALERT-STOPS', 'stops at an Alert', 'UIA-1.4', (m) =>
    withCommands(m, (all) => {
      const at = all.findIndex((each) => each.kind === 'Alert' && each.Data !== '1222');
      return at < 0 ? all : all.slice(0, at + 1);
    }),
  ),
  hears(
    'C-TNDS-OTHER',
    'misreads a MgmtTree',
    'TNS-1.1 TNS-1.2 TNS-1.3',
    eachCommand((each) =>
      each.kind === 'Add' || each.kind === 'Replace'
        ? {
            ...each,
            Items: each.Items.map((item) =>
              typeof item.Data === 'string'
                ? { ...item, Data: item.Data.replace('serialized', 'other') }
                : item,
            ),
          }
        : each,
    ),
  ),
  says('C-ADD-LIES', 'calls every Add done', 'TNS-1.4 ADD-1', lie('Add', undefined, '200')),
  says('C-CHUNK-200', 'calls a chunk done', 'LOB-1.1 LOB-1.7', lie('Replace', ['213'], '200')),
  says('C-CHUNK-FINAL', 'sets Final between chunks', 'LOB-1.2', (m) => ({
    ...m,
    SyncBody: { ...m.SyncBody, Final: true },
  })),
  says(
    'C-CHUNK-LIES',
    'takes every chunk',
    'LOB-1.3 LOB-1.5 LOB-1.6',
    lie('Replace', ['424', '411', '412', '413', '416'], '213'),
  ),
  says(
    'C-1225',
    'says nothing of an object that does not end',
    'LOB-1.4',
    without((each) => each.kind === 'Alert' && each.Data === '1225'),
  ),
];

function contained(
  kind: 'Sequence' | 'Atomic',
  change: (commands: readonly Command[]) => readonly Command[],
) {
  return (message: SyncML) =>
    withCommands(message, (all) =>
      all.map((each) => (each.kind === kind ? { ...each, commands: change(each.commands) } : each)),
    );
}

export const SESSION_MUTANTS = [
  ...HEADER_MUTANTS,
  ...PACKAGE_MUTANTS,
  ...RESULT_MUTANTS,
  ...COMMAND_MUTANTS,
];
