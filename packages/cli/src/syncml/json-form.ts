/**
 * The JSON form of a message: the typed message as it is, octets as `{ "hex": ... }`. What `decode --json` prints and
 * `encode` takes.
 */
import { encodeHex } from '@ueprov/protocols';
import type { Command, Data, SyncML } from '@ueprov/protocols/syncml';
import {
  count,
  flag,
  listOf,
  malformed,
  octets,
  presence,
  type Reader,
  record,
  textual,
} from './json-reader.ts';

export function encodeJsonForm(value: unknown): string {
  return `${JSON.stringify(value, marked, 2)}\n`;
}

function marked(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Uint8Array ? { hex: encodeHex(value) } : value;
}

/** Throws `JSON_FORM` with the path of what a message does not have. Notes are left out. */
export function decodeJsonForm(json: unknown): SyncML {
  const { SyncHdr, SyncBody } = message(json, '');
  return { SyncHdr, SyncBody };
}

/** Commands inside each other. */
export const COMMAND_DEPTH_MAX = 20;

const data: Reader<Data> = (value, path) =>
  typeof value === 'string' ? value : octets(value, path);

const location = record({ LocURI: textual }, { LocName: textual });

const meta = record(
  {},
  {
    Format: textual,
    Type: textual,
    Mark: textual,
    Size: count,
    Version: textual,
    NextNonce: octets,
    MaxMsgSize: count,
    MaxObjSize: count,
    EMI: listOf(textual),
  },
);

const cred = record({ Data: data }, { Meta: meta });

const item = record(
  {},
  { Target: location, Source: location, Meta: meta, Data: data, MoreData: presence },
);

/** What every command has. */
const kind = { kind: textual, CmdID: textual };
const options = { NoResp: presence, Meta: meta };
const Items = listOf(item);

const plain = record({ ...kind, Items }, options);
const alert = record({ ...kind, Items }, { ...options, Data: textual, Correlator: textual });
const exec = record({ ...kind, Items }, { ...options, Correlator: textual });
const container = record({ ...kind, commands: listOf(commandInside) }, options);
const results = record(
  { ...kind, Items },
  { MsgRef: textual, CmdRef: textual, Meta: meta, TargetRef: textual, SourceRef: textual },
);
const status = record(
  {
    ...kind,
    MsgRef: textual,
    CmdRef: textual,
    Cmd: textual,
    TargetRef: listOf(textual),
    SourceRef: listOf(textual),
    Data: textual,
    Items,
  },
  { Cred: cred, Chal: record({ Meta: meta }) },
);
const unknown = record({ ...kind, name: elementName });

/** It is written as it stands. */
function elementName(value: unknown, path: string): string {
  const name = textual(value, path);
  if (/^[\p{ID_Start}_][\p{ID_Continue}.-]*$/u.test(name)) return name;
  throw malformed('no name of an element', path);
}

const COMMANDS: Readonly<Record<Command['kind'], Reader<unknown>>> = {
  Add: plain,
  Alert: alert,
  Atomic: container,
  Copy: plain,
  Delete: plain,
  Exec: exec,
  Get: plain,
  Replace: plain,
  Results: results,
  Sequence: container,
  Status: status,
  Unknown: unknown,
};

function isKind(name: string): name is Command['kind'] {
  return Object.hasOwn(COMMANDS, name);
}

/** The reader of a command follows from its kind. */
function command(value: unknown, path: string): Command {
  const name = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : '';
  if (typeof name !== 'string' || !isKind(name)) throw malformed('no such command', `${path}.kind`);
  return COMMANDS[name](value, path) as Command;
}

function commandInside(value: unknown, path: string): Command {
  const depth = path.split('.commands[').length - 1;
  if (depth > COMMAND_DEPTH_MAX) throw malformed('too deep', path);
  return command(value, path);
}

const message = record(
  {
    SyncHdr: record(
      {
        VerDTD: textual,
        VerProto: textual,
        SessionID: textual,
        MsgID: textual,
        Target: location,
        Source: location,
      },
      { RespURI: textual, NoResp: presence, Cred: cred, Meta: meta },
    ),
    SyncBody: record({ commands: listOf(command), Final: flag }),
  },
  { notes: (value: unknown) => value },
);
