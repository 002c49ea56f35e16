/** The commands of one message as rows: one per item, headed by the SyncHdr, which is answered too (CmdRef 0). */
import { encodeBase64 } from '@ueprov/protocols';
import {
  alertText,
  type Command,
  type Data,
  effectiveMeta,
  type Item,
  type Meta,
  type Results,
  type Status,
  type SyncML,
  statusText,
} from '@ueprov/protocols/syncml';
import { type AnswersTo, everyCommand } from './answers.ts';
import type { TracedCommand } from './schema.ts';

/** `message` is masked already. */
export function commandRows(message: SyncML, answersTo: AnswersTo): TracedCommand[] {
  const rows = [headerRow(message, answersTo)];
  for (const command of everyCommand(message.SyncBody.commands)) {
    rows.push(...rowsOf(command, answersTo));
  }
  return rows;
}

const BARE = {
  uri: null,
  data: null,
  format: null,
  status: null,
  statusText: null,
  answeredIn: null,
  refersTo: null,
} as const;

function headerRow({ SyncHdr }: SyncML, answersTo: AnswersTo): TracedCommand {
  const { Cred } = SyncHdr;
  return {
    ...BARE,
    kind: 'SyncHdr',
    CmdID: '0',
    data: Cred === undefined ? null : `Cred ${Cred.Meta?.Type ?? 'syncml:auth-basic'}`,
    ...answered(answersTo('0')),
  };
}

function rowsOf(command: Command, answersTo: AnswersTo): TracedCommand[] {
  const { kind, CmdID } = command;
  switch (command.kind) {
    case 'Status':
      return [statusRow(command)];
    case 'Results':
      return command.Items.map((item) => resultsRow(command, item));
    case 'Atomic':
    case 'Sequence':
      return [{ ...BARE, kind, CmdID, ...answered(answersTo(CmdID)) }];
    case 'Unknown':
      return [{ ...BARE, kind: command.name, CmdID, ...answered(answersTo(CmdID)) }];
    case 'Alert': {
      const code = command.Data ?? '';
      const alert = code === '' ? null : `${code} ${alertText(code)}`;
      const items = command.Items.map((item) => itemRow(command, item, answersTo));
      return [{ ...BARE, kind, CmdID, data: alert, ...answered(answersTo(CmdID)) }, ...items];
    }
    default:
      return command.Items.map((item) => itemRow(command, item, answersTo));
  }
}

function itemRow(
  command: Exclude<Command, Status>,
  item: Item,
  answersTo: AnswersTo,
): TracedCommand {
  const { kind, CmdID } = command;
  const uri = item.Target?.LocURI ?? item.Source?.LocURI;
  return {
    ...BARE,
    kind,
    CmdID,
    uri: uri ?? null,
    ...dataOf(item, 'Meta' in command ? command.Meta : undefined),
    ...answered(answersTo(CmdID, uri)),
  };
}

function statusRow({
  CmdID,
  Cmd,
  CmdRef,
  MsgRef,
  TargetRef,
  SourceRef,
  Data,
}: Status): TracedCommand {
  return {
    ...BARE,
    kind: 'Status',
    CmdID,
    uri: TargetRef[0] ?? SourceRef[0] ?? null,
    data: Data,
    statusText: statusText(Data),
    refersTo: `${Cmd} ${CmdRef} of message ${MsgRef}`,
  };
}

function resultsRow(results: Results, item: Item): TracedCommand {
  // RepPro 6.5.8: absent references mean 1.
  const { CmdID, MsgRef = '1', CmdRef = '1', Meta } = results;
  return {
    ...BARE,
    kind: 'Results',
    CmdID,
    uri: item.Source?.LocURI ?? item.Target?.LocURI ?? results.SourceRef ?? null,
    ...dataOf(item, Meta),
    refersTo: `Get ${CmdRef} of message ${MsgRef}`,
  };
}

function answered(answer: ReturnType<AnswersTo>) {
  if (answer === undefined) return {};
  const { status, answeredIn } = answer;
  return { status: status.Data, statusText: statusText(status.Data), answeredIn };
}

function dataOf(item: Item, outer: Meta | undefined): Pick<TracedCommand, 'data' | 'format'> {
  if (item.Data === undefined) return { data: null, format: null };
  const { Format = 'chr' } = effectiveMeta(outer, item.Meta);
  return { data: textOf(item.Data), format: Format };
}

function textOf(data: Data): string {
  return typeof data === 'string' ? data : encodeBase64(data);
}
