/** Commands, Status, Results and their parts to a writer, in the order of the DTD. Used by `encodeSyncML`. */
import { encodeBase64 } from '../bytes.ts';
import { SYNCML_NAMESPACE, type Writer } from '../cursor.ts';
import type { Encoding } from './encoding.ts';
import type { Command, Cred, Data, Item, Location, Meta, Results, Status } from './message.ts';
import { encodeMeta } from './meta.ts';

export function encodeCommand(writer: Writer, command: Command, encoding: Encoding): void {
  writer.open(command.kind === 'Unknown' ? command.name : command.kind, SYNCML_NAMESPACE);
  leaf(writer, 'CmdID', command.CmdID);
  switch (command.kind) {
    case 'Unknown':
      break;
    case 'Status':
      encodeStatus(writer, command, encoding);
      break;
    case 'Results':
      encodeResults(writer, command, encoding);
      break;
    default:
      encodeFields(writer, command, encoding);
  }
  writer.close();
}

type PlainCommand = Exclude<Command, { readonly kind: 'Status' | 'Results' | 'Unknown' }>;

function encodeFields(writer: Writer, command: PlainCommand, encoding: Encoding): void {
  if (command.NoResp) writer.empty('NoResp', SYNCML_NAMESPACE);
  if (command.Meta !== undefined) encodeMeta(writer, SYNCML_NAMESPACE, command.Meta);
  if (command.kind === 'Atomic' || command.kind === 'Sequence') {
    for (const child of command.commands) encodeCommand(writer, child, encoding);
    return;
  }
  if (command.kind === 'Alert') leaf(writer, 'Data', command.Data);
  if (command.kind === 'Alert' || command.kind === 'Exec') {
    leaf(writer, 'Correlator', command.Correlator);
  }
  encodeItems(writer, command.Items, command.Meta, encoding);
}

function encodeStatus(writer: Writer, status: Status, encoding: Encoding): void {
  leaf(writer, 'MsgRef', status.MsgRef);
  leaf(writer, 'CmdRef', status.CmdRef);
  leaf(writer, 'Cmd', status.Cmd);
  for (const uri of status.TargetRef) leaf(writer, 'TargetRef', uri);
  for (const uri of status.SourceRef) leaf(writer, 'SourceRef', uri);
  if (status.Cred !== undefined) encodeCred(writer, status.Cred);
  // [REPPRO 6.1.2-1]
  if (status.Chal !== undefined) {
    writer.open('Chal', SYNCML_NAMESPACE);
    encodeMeta(writer, SYNCML_NAMESPACE, status.Chal.Meta);
    writer.close();
  }
  leaf(writer, 'Data', status.Data);
  encodeItems(writer, status.Items, undefined, encoding);
}

function encodeResults(writer: Writer, results: Results, encoding: Encoding): void {
  leaf(writer, 'MsgRef', results.MsgRef);
  leaf(writer, 'CmdRef', results.CmdRef);
  if (results.Meta !== undefined) encodeMeta(writer, SYNCML_NAMESPACE, results.Meta);
  leaf(writer, 'TargetRef', results.TargetRef);
  leaf(writer, 'SourceRef', results.SourceRef);
  encodeItems(writer, results.Items, results.Meta, encoding);
}

function encodeItems(
  writer: Writer,
  items: readonly Item[],
  outer: Meta | undefined,
  encoding: Encoding,
): void {
  for (const item of items) encodeItem(writer, item, outer, encoding);
}

function encodeItem(writer: Writer, item: Item, outer: Meta | undefined, encoding: Encoding): void {
  writer.open('Item', SYNCML_NAMESPACE);
  if (item.Target !== undefined) encodeLocation(writer, 'Target', item.Target);
  if (item.Source !== undefined) encodeLocation(writer, 'Source', item.Source);
  const Format = item.Meta?.Format ?? outer?.Format;
  const asText = isTextOnly(item.Data, Format, encoding);
  // [REPPRO 6.4-2] OMA-DMTND 1.2 §7.7: octets travel in XML as base64, in Format b64.
  if (asText) encodeMeta(writer, SYNCML_NAMESPACE, item.Meta ?? {}, 'b64');
  else if (item.Meta !== undefined) encodeMeta(writer, SYNCML_NAMESPACE, item.Meta);
  if (item.Data !== undefined) encodeData(writer, item.Data, asText);
  if (item.MoreData) writer.empty('MoreData', SYNCML_NAMESPACE);
  writer.close();
}

/** Octets that have to go as base64 text: in XML always, in WBXML when Format says b64. */
function isTextOnly(
  data: Data | undefined,
  Format: string | undefined,
  encoding: Encoding,
): boolean {
  if (data === undefined || typeof data === 'string') return false;
  return encoding === 'xml' || Format === 'b64';
}

function encodeData(writer: Writer, data: Data, asText: boolean): void {
  if (typeof data === 'string') {
    leaf(writer, 'Data', data);
  } else if (asText) {
    leaf(writer, 'Data', encodeBase64(data));
  } else {
    writer.open('Data', SYNCML_NAMESPACE);
    writer.octets(data);
    writer.close();
  }
}

export function encodeLocation(writer: Writer, element: string, location: Location): void {
  writer.open(element, SYNCML_NAMESPACE);
  leaf(writer, 'LocURI', location.LocURI);
  leaf(writer, 'LocName', location.LocName);
  writer.close();
}

/** Credentials go as base64 text in both spellings: the form that every peer reads. */
export function encodeCred(writer: Writer, cred: Cred): void {
  writer.open('Cred', SYNCML_NAMESPACE);
  if (cred.Meta !== undefined) encodeMeta(writer, SYNCML_NAMESPACE, cred.Meta);
  encodeData(writer, cred.Data, true);
  writer.close();
}

function leaf(writer: Writer, name: string, value: string | undefined): void {
  if (value !== undefined) writer.leaf(name, SYNCML_NAMESPACE, value);
}
