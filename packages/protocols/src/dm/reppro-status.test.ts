/** Who answers what, in which order, under which name. OMA-DMREPPRO 6.1 and 6.5.1. */
import { describe, expect, test } from 'vitest';
import type { Status, SyncML } from '../syncml/message.ts';
import { busySession, commandsIn, SIDES, sentFrom } from './testing/busy-session.ts';
import { opened, sent, target } from './testing/opened-client.ts';
import { outline } from './testing/pair.ts';
import { ALERT, reply, serving } from './testing/serving.ts';

const statusesOf = ({ SyncBody }: SyncML): Status[] =>
  SyncBody.commands.filter((command) => command.kind === 'Status');

/** `CmdRef Cmd` of each, one for the Items of a command. */
const named = (statuses: readonly Status[]) =>
  [...new Set(statuses.map(({ CmdRef, Cmd }) => `${CmdRef} ${Cmd}`))].filter(
    (name) => !name.endsWith(' Results'),
  );

/** What has to be answered of a message. Results are answered only where something is wrong with them. */
const askedBy = ({ SyncBody }: SyncML) => [
  '0 SyncHdr',
  ...commandsIn(SyncBody.commands).flatMap(({ kind, CmdID }) =>
    kind === 'Status' || kind === 'Results' ? [] : [`${CmdID} ${kind}`],
  ),
];

describe.each(SIDES)('the Statuses of the %s', (side) => {
  const pair = busySession();
  const mine = sentFrom(pair, side);
  const theirs = sentFrom(pair, side === 'client' ? 'server' : 'client');

  test('answer the SyncHdr and every command, in their order [REPPRO 6.5.1-1] [REPPRO 6.1.3-1] [REPPRO 6.1.5-1] [REPPRO 6.1.13-1]', () => {
    // The last message of the server ends the session, and is not answered.
    const answered = side === 'client' ? theirs.slice(0, -1) : theirs;
    expect(answered.length).toBeGreaterThan(10);
    for (const message of answered) {
      const { MsgID } = message.SyncHdr;
      const statuses = mine.flatMap(statusesOf).filter(({ MsgRef }) => MsgRef === MsgID);
      expect(named(statuses)).toEqual(askedBy(message));
    }
  });

  test('begin with that of the SyncHdr, before any other command [REPPRO 6.5.1-1]', () => {
    const [opening, ...rest] = mine;
    const replies = side === 'client' ? rest : [opening!, ...rest];
    for (const { SyncBody } of replies) {
      expect(SyncBody.commands[0]).toMatchObject({ kind: 'Status', CmdRef: '0', Cmd: 'SyncHdr' });
    }
  });

  test('alone hold Chal, and each challenge is answered [REPPRO 6.1.2-1]', () => {
    expect(mine.flatMap(statusesOf).filter(({ Chal }) => Chal)).not.toEqual([]);
    for (const { SyncHdr, SyncBody } of mine) {
      const others = SyncBody.commands.filter(({ kind }) => kind !== 'Status');
      expect(JSON.stringify([SyncHdr, others])).not.toContain('"Chal"');
    }
    expect(pair.ends).toEqual(['completed', 'completed']);
  });
});

describe('a command that goes wrong', () => {
  test('is answered by its own name, also where that is none [REPPRO 6.1.3-1]', () => {
    const commands = [
      { kind: 'Unknown', name: 'Frobnicate' },
      { kind: 'Results', Items: [] },
    ];
    expect(outline(sent(opened().receive(commands)))).toBe(
      'SyncHdr=200, Frobnicate=501, Results=405, Final',
    );
  });

  test.each(['0', '11'])(
    'CmdID %s, which is 0 or was used, is 400 and not run [REPPRO 6.1.4-2]',
    (CmdID) => {
      const { receive, tree } = opened();
      const set = (Data: string) => ({
        kind: 'Replace',
        Items: [target('./XX/YY/Count', { Data })],
      });
      const { commands } = sent(receive([set('2'), { ...set('3'), CmdID }])).SyncBody;
      expect(commands.slice(1)).toMatchObject([
        { CmdRef: '11', Cmd: 'Replace', Data: '200' },
        { CmdRef: CmdID, Cmd: 'Replace', Data: '400' },
      ]);
      expect(tree.text('./XX/YY/Count')).toBe('2');
    },
  );

  test('is answered in its turn by the server, a chunk too [REPPRO 6.5.1-1]', () => {
    const { receive, operate } = serving();
    const chunk = { kind: 'Alert', Data: '1226', Items: [{ Data: 'x', MoreData: true }] };
    const known = { kind: 'Replace', Items: [{ Source: { LocURI: './DevInfo/Man' }, Data: 'M' }] };
    receive('1', [ALERT, chunk, known, { kind: 'Get', Items: [target('./A')] }]);
    expect(outline(reply(operate([])))).toBe(
      'SyncHdr=200, Alert=200, Alert=411, Replace=200, Get=405, Final',
    );
  });
});
