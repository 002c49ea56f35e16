/**
 * A typed SyncML message to octets in either spelling, in the order of the DTD. RepPro 1.2.2 §6 and §7.
 *
 * Never fails on a message that was decoded; `XML_CHARACTER` for text that XML cannot carry. Notes are not written.
 * Used by dm/http shells and the CLI.
 */
import { SYNCML_NAMESPACE, type Writer } from '../cursor.ts';
import { WbxmlWriter } from '../wbxml/index.ts';
import { XmlWriter } from '../xml/index.ts';
import { encodeCommand, encodeCred, encodeLocation } from './encode-command.ts';
import type { Encoding } from './encoding.ts';
import type { SyncBody, SyncHdr, SyncML } from './message.ts';
import { encodeMeta } from './meta.ts';

/** The representation of [R-6.2.3-1], in either spelling. */
export function encodeSyncML(message: SyncML, encoding: Encoding): Uint8Array {
  const writer = encoding === 'xml' ? new XmlWriter() : new WbxmlWriter();
  writeSyncML(writer, message, encoding);
  return writer.finish();
}

/** Writes the whole message; `encoding` says how octets in Data go. */
export function writeSyncML(writer: Writer, message: SyncML, encoding: Encoding): void {
  writer.open('SyncML', SYNCML_NAMESPACE);
  encodeSyncHdr(writer, message.SyncHdr);
  encodeSyncBody(writer, message.SyncBody, encoding);
  writer.close();
}

function encodeSyncHdr(writer: Writer, header: SyncHdr): void {
  writer.open('SyncHdr', SYNCML_NAMESPACE);
  writer.leaf('VerDTD', SYNCML_NAMESPACE, header.VerDTD);
  writer.leaf('VerProto', SYNCML_NAMESPACE, header.VerProto);
  writer.leaf('SessionID', SYNCML_NAMESPACE, header.SessionID);
  writer.leaf('MsgID', SYNCML_NAMESPACE, header.MsgID);
  encodeLocation(writer, 'Target', header.Target);
  encodeLocation(writer, 'Source', header.Source);
  if (header.RespURI !== undefined) writer.leaf('RespURI', SYNCML_NAMESPACE, header.RespURI);
  if (header.NoResp) writer.empty('NoResp', SYNCML_NAMESPACE);
  if (header.Cred !== undefined) encodeCred(writer, header.Cred);
  if (header.Meta !== undefined) encodeMeta(writer, SYNCML_NAMESPACE, header.Meta);
  writer.close();
}

function encodeSyncBody(writer: Writer, body: SyncBody, encoding: Encoding): void {
  writer.open('SyncBody', SYNCML_NAMESPACE);
  for (const command of body.commands) encodeCommand(writer, command, encoding);
  if (body.Final) writer.empty('Final', SYNCML_NAMESPACE);
  writer.close();
}
