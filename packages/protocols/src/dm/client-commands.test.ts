import { describe, expect, test } from 'vitest';
import { asksFor, opened, sent, target } from './testing/opened-client.ts';
import { outline, SERVER_ID } from './testing/pair.ts';

describe('commands', () => {
  test('Add, Replace, Get, Delete and Exec are carried out and answered in order [R-6.8.2-1]', () => {
    const { receive, tree } = opened();
    const effects = receive([
      { kind: 'Add', Meta: { Format: 'chr' }, Items: [target('./XX/New', { Data: 'a' })] },
      { kind: 'Replace', Items: [target('./XX/YY/Count', { Data: '2' })] },
      asksFor('./XX/New'),
      { kind: 'Delete', Items: [target('./XX/YY/Status')] },
      { kind: 'Exec', Correlator: 'c1', Items: [target('./XX/New', { Data: 'now' })] },
    ]);
    expect(outline(sent(effects))).toBe(
      'SyncHdr=200, Add=200, Replace=200, Get=200, Delete=200, Exec=202, Results, Final',
    );
    expect(tree.text('./XX/YY/Count')).toBe('2');
    expect(tree.find('./XX/YY/Status')).toBeUndefined();
    expect(effects).toContainEqual({
      kind: 'exec',
      uri: './XX/New',
      Data: 'now',
      Correlator: 'c1',
    });
    expect(effects).toContainEqual({ kind: 'executed', name: 'Add', uri: './XX/New', status: 200 });
  });

  test('every Status refers to message, command and addresses [DMPRO 8.5-1]', () => {
    const { receive } = opened();
    const [, , status] = sent(receive([asksFor('./XX'), asksFor('./nowhere')])).SyncBody.commands;
    expect(status).toEqual({
      kind: 'Status',
      CmdID: '3',
      MsgRef: '1',
      CmdRef: '12',
      Cmd: 'Get',
      TargetRef: ['./nowhere'],
      SourceRef: [],
      Data: '404',
      Items: [],
    });
  });

  test('Items of one command share a Status where they came to the same, and have their own where not', () => {
    const { receive } = opened();
    const { commands } = sent(
      receive([asksFor('./XX', './XX/YY'), asksFor('./XX', './nowhere')]),
    ).SyncBody;
    const statuses = commands.flatMap((command) =>
      command.kind === 'Status' && command.Cmd === 'Get'
        ? [`${command.CmdRef} ${command.Data} ${command.TargetRef.join()}`]
        : [],
    );
    expect(statuses).toEqual(['11 200 ./XX,./XX/YY', '12 200 ./XX', '12 404 ./nowhere']);
  });

  test('Results have the address asked for, and Meta only where it is not chr and text/plain', () => {
    const { receive } = opened();
    const { commands } = sent(
      receive([asksFor('XX/YY/Status', './XX/YY/Count', './XX/YY')]),
    ).SyncBody;
    expect(
      commands.flatMap((command) => (command.kind === 'Results' ? command.Items : [])),
    ).toEqual([
      { Source: { LocURI: 'XX/YY/Status' }, Data: 'operational' },
      { Source: { LocURI: './XX/YY/Count' }, Meta: { Format: 'int' }, Data: '1' },
      { Source: { LocURI: './XX/YY' }, Meta: { Format: 'node' }, Data: 'Count/Status' },
    ]);
  });

  test('octets go out as b64 text', () => {
    const { receive, tree } = opened();
    receive([
      {
        kind: 'Add',
        Meta: { Format: 'bin' },
        Items: [target('./XX/Bin', { Data: Uint8Array.of(1, 2, 255) })],
      },
    ]);
    expect(tree.find('./XX/Bin')?.Format).toBe('bin');
    const { commands } = sent(receive([asksFor('./XX/Bin')])).SyncBody;
    expect(commands.at(-1)).toMatchObject({ Items: [{ Meta: { Format: 'b64' }, Data: 'AQL/' }] });
  });

  test('Item/Source instead of Target is taken, as Appendix I has it', () => {
    const { receive, tree } = opened();
    receive([{ kind: 'Replace', Items: [{ Source: { LocURI: './XX/YY/Count' }, Data: '7' }] }]);
    expect(tree.text('./XX/YY/Count')).toBe('7');
  });

  test('Sequence is answered 200, then each command in it; its Meta holds for them', () => {
    const { receive, tree } = opened();
    const commands = [
      { kind: 'Add', CmdID: '21', Items: [target('./XX/N', { Data: '5' })] },
      { kind: 'Get', CmdID: '22', Items: [target('./nowhere')] },
      { kind: 'Replace', CmdID: '23', Items: [target('./XX/N', { Data: '6' })] },
    ];
    const effects = receive([{ kind: 'Sequence', Meta: { Format: 'int' }, commands }]);
    expect(outline(sent(effects))).toBe(
      'SyncHdr=200, Sequence=200, Add=200, Get=404, Replace=200, Final',
    );
    expect(tree.find('./XX/N')).toMatchObject({ Format: 'int', Data: '6' });
  });

  test.each([
    [{ kind: 'Copy', Items: [target('./XX/N')] }, 'Copy=412'],
    [{ kind: 'Unknown', name: 'Put' }, 'Put=406'],
    [{ kind: 'Unknown', name: 'Frobnicate' }, 'Frobnicate=501'],
    [{ kind: 'Alert', Data: '1100', Items: [] }, 'Alert=406'],
    [{ kind: 'Alert', Data: '1222', Items: [] }, 'Alert=200'],
    [{ kind: 'Get', Items: [] }, 'Get=412'],
    [{ kind: 'Get', Items: [{}] }, 'Get=400'],
    [{ kind: 'Get', CmdID: '0', Items: [target('./XX')] }, 'Get=400'],
    [{ kind: 'Replace', Items: [target('./XX/YY/Count')] }, 'Replace=400'],
    [
      { kind: 'Sequence', commands: [{ kind: 'Sequence', CmdID: '9', commands: [] }] },
      'Sequence=200, Sequence=500',
    ],
  ])('%j is answered %s', (command, expected) => {
    expect(outline(sent(opened().receive([command])))).toBe(`SyncHdr=200, ${expected}, Final`);
  });

  test('a CmdID that comes twice counts once (AC-04)', () => {
    const { receive, tree } = opened();
    const replace = (Data: string) => ({
      kind: 'Replace',
      CmdID: '11',
      Items: [target('./XX/YY/Count', { Data })],
    });
    expect(outline(sent(receive([replace('2'), replace('3')])))).toContain(
      'Replace=200, Replace=400',
    );
    expect(tree.text('./XX/YY/Count')).toBe('2');
  });

  test('an object of MaxObjSize is taken, one byte more is 413', () => {
    const replace = (Data: string) => ({
      kind: 'Replace',
      Items: [target('./XX/YY/Status', { Data })],
    });
    expect(outline(sent(opened().receive([replace('x'.repeat(50))])))).toContain('Replace=200');
    expect(outline(sent(opened().receive([replace('x'.repeat(51))])))).toContain('Replace=413');
  });

  test('the ACL of the tree decides what this server may do [R-6.8.4-1]', () => {
    const closed = opened({ ServerID: 'other.example' });
    closed.tree.replace('./XX/YY?prop=ACL', { Data: `Get=*&Replace=${SERVER_ID}` }, SERVER_ID, 0);
    const effects = closed.receive([
      { kind: 'Replace', Items: [target('./XX/YY/Count', { Data: '2' })] },
      asksFor('./XX/YY/Count'),
    ]);
    expect(outline(sent(effects))).toContain('Replace=425, Get=200');
    expect(closed.tree.text('./XX/YY/Count')).toBe('1');
  });
});
