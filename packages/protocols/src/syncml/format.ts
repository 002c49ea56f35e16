/** A message as indented XML for people: traces, the console, `ueprov syncml decode --xml`. Not for the wire. */
import { XmlWriter } from '../xml/index.ts';
import { writeSyncML } from './encode.ts';
import type { SyncML } from './message.ts';

export function formatSyncML(message: SyncML): string {
  const writer = new XmlWriter({ display: true });
  writeSyncML(writer, message, 'xml');
  return `${writer.xml}\n`;
}
