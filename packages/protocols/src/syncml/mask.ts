/**
 * Secrets of a message made unreadable: for every way out of a trace (page, API, export, log).
 *
 * Secret are Cred/Data, NextNonce, and the Data of an Item whose address ends in a secret node, or that holds such
 * nodes as TNDS. `maskSecrets` does it to the octets as they were on the wire, `maskMessage` to the decoded form.
 */
import { CLOSE, type Cursor, END, type Fill, OPAQUE, OPEN } from '../cursor.ts';
import { GatheredText } from '../document.ts';
import { ProtocolError } from '../error.ts';
import { openCursor } from './decode.ts';
import { type Encoding, sniffEncoding } from './encoding.ts';
import type { Chal, Command, Cred, Data, Item, Meta, SyncML } from './message.ts';
import { isSecretContent, isSecretUri } from './secret.ts';

const ASTERISK = 0x2a;

/**
 * A copy of `bytes` in which each secret's octets are asterisks, those of a nonce base64 of such: same length, and still
 * a document that decodes. Octets that are no document are masked whole.
 */
export function maskSecrets(bytes: Uint8Array): Uint8Array {
  try {
    const encoding = sniffEncoding(bytes);
    return maskDocument(bytes, encoding, secretItems(bytes, encoding));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return new Uint8Array(bytes.length).fill(ASTERISK);
  }
}

function maskDocument(
  bytes: Uint8Array,
  encoding: Encoding,
  areSecret: readonly boolean[],
): Uint8Array {
  const copy = bytes.slice();
  const cursor = openCursor(bytes, encoding);
  let items = 0;
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token !== OPEN) continue;
    if (cursor.name === 'Cred') maskData(cursor, copy);
    else if (cursor.name === 'NextNonce') maskContent(cursor, copy, 'base64');
    else if (cursor.name === 'Item' && areSecret[items++]) maskData(cursor, copy);
  }
  return copy;
}

/** Masks every Data inside the open element, and leaves it. */
function maskData(cursor: Cursor, copy: Uint8Array): void {
  for (let depth = 1; depth > 0; ) {
    const token = cursor.next();
    if (token === CLOSE) depth -= 1;
    else if (token === OPEN && cursor.name !== 'Data') depth += 1;
    else if (token === OPEN) maskContent(cursor, copy);
  }
}

/** Masks all text and octets inside the open element, and leaves it. */
function maskContent(cursor: Cursor, copy: Uint8Array, as: Fill = 'asterisks'): void {
  for (let depth = 1; depth > 0; ) {
    const token = cursor.next();
    if (token === CLOSE) depth -= 1;
    else if (token === OPEN) depth += 1;
    else cursor.mask(copy, as);
  }
}

/** For each Item in document order whether its Data is secret: a first walk, as its address may come after it. */
function secretItems(bytes: Uint8Array, encoding: Encoding): boolean[] {
  const verdicts: boolean[] = [];
  const cursor = openCursor(bytes, encoding);
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN && cursor.name === 'Item') verdicts.push(isSecretItem(cursor));
  }
  return verdicts;
}

function isSecretItem(cursor: Cursor): boolean {
  const names: string[] = ['Item'];
  let isSecret = false;
  let uri = new GatheredText();
  const content = new GatheredText();
  while (names.length > 0) {
    const token = cursor.next();
    if (token === OPEN) {
      names.push(cursor.name);
    } else if (token === CLOSE) {
      names.pop();
      isSecret ||= isSecretUri(uri.text.trim());
      uri = new GatheredText();
    } else if (names[1] === 'Data') {
      content.add(token === OPAQUE ? latin1(cursor.octets) : cursor.text);
      // What is told apart by tags stays told apart.
      if (names.length > 2) content.add(' ');
    } else if (names[1] === 'Target' || names[1] === 'Source') {
      uri.add(cursor.text);
    }
  }
  return isSecret || isSecretContent(content.text);
}

/** The message with asterisks for each secret. */
export function maskMessage(message: SyncML): SyncML {
  const { SyncHdr, SyncBody } = message;
  return {
    ...message,
    SyncHdr: { ...SyncHdr, ...maskedCred(SyncHdr.Cred), ...maskedMeta(SyncHdr.Meta) },
    SyncBody: { ...SyncBody, commands: SyncBody.commands.map(maskCommand) },
  };
}

function maskCommand(command: Command): Command {
  switch (command.kind) {
    case 'Unknown':
      return command;
    case 'Atomic':
    case 'Sequence':
      return {
        ...command,
        ...maskedMeta(command.Meta),
        commands: command.commands.map(maskCommand),
      };
    case 'Status':
      return {
        ...command,
        ...maskedCred(command.Cred),
        ...maskedChal(command.Chal),
        Items: command.Items.map(maskItem),
      };
    default:
      return { ...command, ...maskedMeta(command.Meta), Items: command.Items.map(maskItem) };
  }
}

function maskItem(item: Item): Item {
  const { Data, Target, Source } = item;
  const isSecret =
    isSecretUri(Target?.LocURI ?? '') ||
    isSecretUri(Source?.LocURI ?? '') ||
    (Data !== undefined && isSecretContent(latin1(Data)));
  const masked = { ...item, ...maskedMeta(item.Meta) };
  return isSecret && Data !== undefined ? { ...masked, Data: asterisks(Data) } : masked;
}

function latin1(data: Data): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
}

function asterisks(data: Data): Data {
  return typeof data === 'string'
    ? '*'.repeat(data.length)
    : new Uint8Array(data.length).fill(ASTERISK);
}

function maskedCred(cred: Cred | undefined): { readonly Cred?: Cred } {
  if (cred === undefined) return {};
  return { Cred: { ...cred, ...maskedMeta(cred.Meta), Data: asterisks(cred.Data) } };
}

function maskedChal(chal: Chal | undefined): { readonly Chal?: Chal } {
  return chal === undefined ? {} : { Chal: { Meta: maskMeta(chal.Meta) } };
}

function maskedMeta(meta: Meta | undefined): { readonly Meta?: Meta } {
  return meta === undefined ? {} : { Meta: maskMeta(meta) };
}

function maskMeta(meta: Meta): Meta {
  if (meta.NextNonce === undefined) return meta;
  return { ...meta, NextNonce: new Uint8Array(meta.NextNonce.length).fill(ASTERISK) };
}
