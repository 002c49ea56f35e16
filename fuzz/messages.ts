/** Generated SyncML messages: each one well-typed, with the values that make codecs stumble. For properties and seeds. */

import {
  type Alert,
  type Command,
  type Cred,
  type Encoding,
  type Exec,
  encodeSyncML,
  type Item,
  type Location,
  type Meta,
  type Results,
  type Status,
  type SyncHdr,
  type SyncML,
} from '@ueprov/protocols/syncml';
import fc from 'fast-check';

/** Text that XML can carry. Words lose white space around them when read, Data does not. */
const character = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcXYZ019./:?=&<>\'"-_~ ') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('é', 'ß', '漢', '😀', '\u2028', ']]>', '&amp;', '\u0301'),
  },
);
const anyText = fc
  .array(fc.oneof({ weight: 20, arbitrary: character }, fc.constantFrom('\n', '\r', '\t', '\r\n')))
  .map((characters) => characters.join(''));
const word = fc.array(character, { maxLength: 12 }).map((characters) => characters.join('').trim());
const id = fc.integer({ min: 1, max: 99_999 }).map(String);

const uri = fc.oneof(
  fc.constantFrom('./DevInfo/DevId', './a/b?prop=ACL', 'http://dm.example/', 'urn:uuid:1'),
  word,
);
const location: fc.Arbitrary<Location> = optional({ LocURI: uri, LocName: word }, ['LocURI']);

const formatAndType: fc.Arbitrary<Meta> = optional(
  {
    Format: fc.constantFrom('chr', 'int', 'bool', 'node', 'xml', 'null', 'date', 'time', 'float'),
    Type: fc.constantFrom('text/plain', 'application/vnd.syncml.dmtnds+xml', 'urn:oma:mo:x:1.0'),
    Mark: fc.constantFrom('critical', 'informational'),
    Size: fc.nat(),
    Version: word,
    EMI: fc.array(word, { minLength: 1, maxLength: 3 }),
  },
  [],
);
const sizes: fc.Arbitrary<Meta> = optional({ MaxMsgSize: fc.nat(), MaxObjSize: fc.nat() }, []);
const base64 = fc
  .uint8Array({ maxLength: 20 })
  .map((octets) => Buffer.from(octets).toString('base64'));
const cred: fc.Arbitrary<Cred> = optional(
  {
    Meta: fc.constantFrom<Meta>({ Format: 'b64', Type: 'syncml:auth-md5' }, {}),
    Data: base64,
  },
  ['Data'],
);
const chal = fc
  .uint8Array({ maxLength: 20 })
  .map((NextNonce) => ({ Meta: { Format: 'b64', Type: 'syncml:auth-md5', NextNonce } }));

const textItem: fc.Arbitrary<Item> = optional(
  {
    Target: location,
    Source: location,
    Meta: formatAndType,
    Data: anyText,
    MoreData: fc.constant(true as const),
  },
  [],
);

/** An Item with octets in Format bin: WBXML carries them as they are, XML as base64. */
export const octetItem: fc.Arbitrary<Item> = fc.record({
  Target: location,
  Meta: fc.constant({ Format: 'bin' }),
  Data: fc.uint8Array({ maxLength: 200 }),
});

const common = { CmdID: id, NoResp: fc.constant(true as const), Meta: formatAndType };

function plain(item: fc.Arbitrary<Item>): fc.Arbitrary<Command> {
  return optional(
    {
      kind: fc.constantFrom('Add', 'Copy', 'Delete', 'Get', 'Replace'),
      ...common,
      Items: fc.array(item, { maxLength: 4 }),
    },
    ['kind', 'CmdID', 'Items'],
  ) as fc.Arbitrary<Command>;
}

const alert: fc.Arbitrary<Alert> = optional(
  {
    kind: fc.constant('Alert' as const),
    CmdID: id,
    Meta: formatAndType,
    Data: fc.constantFrom('1100', '1200', '1201', '1222', '1226'),
    Correlator: word,
    Items: fc.array(textItem, { maxLength: 3 }),
  },
  ['kind', 'CmdID', 'Items'],
);

const exec: fc.Arbitrary<Exec> = optional(
  {
    kind: fc.constant('Exec' as const),
    ...common,
    Correlator: word,
    Items: fc.array(textItem, { minLength: 1, maxLength: 1 }),
  },
  ['kind', 'CmdID', 'Items'],
);

const status: fc.Arbitrary<Status> = optional(
  {
    kind: fc.constant('Status' as const),
    CmdID: id,
    MsgRef: id,
    CmdRef: fc.oneof(fc.constant('0'), id),
    Cmd: fc.constantFrom('SyncHdr', 'Alert', 'Replace', 'Get'),
    TargetRef: fc.array(word, { maxLength: 3 }),
    SourceRef: fc.array(word, { maxLength: 2 }),
    Cred: cred,
    Chal: chal,
    Data: fc.constantFrom('200', '212', '407', '513'),
    Items: fc.array(textItem, { maxLength: 2 }),
  },
  ['kind', 'CmdID', 'MsgRef', 'CmdRef', 'Cmd', 'TargetRef', 'SourceRef', 'Data', 'Items'],
);

const unknown: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('Unknown' as const),
  CmdID: id,
  name: fc.constantFrom('Put', 'Search', 'Move', 'Frobnicate', 'Élan', 'Frobnicate-2.x'),
});

function results(item: fc.Arbitrary<Item>): fc.Arbitrary<Results> {
  return optional(
    {
      kind: fc.constant('Results' as const),
      CmdID: id,
      MsgRef: id,
      CmdRef: id,
      Meta: formatAndType,
      TargetRef: word,
      SourceRef: word,
      Items: fc.array(item, { maxLength: 4 }),
    },
    ['kind', 'CmdID', 'Items'],
  );
}

function container(children: fc.Arbitrary<Command>): fc.Arbitrary<Command> {
  return optional(
    {
      kind: fc.constantFrom('Atomic', 'Sequence'),
      ...common,
      commands: fc.array(children, { maxLength: 4 }),
    },
    ['kind', 'CmdID', 'commands'],
  ) as fc.Arbitrary<Command>;
}

const header: fc.Arbitrary<SyncHdr> = optional(
  {
    VerDTD: fc.constantFrom('1.2', '1.1'),
    VerProto: fc.constantFrom('DM/1.2', 'DM/1.1'),
    SessionID: word,
    MsgID: id,
    Target: location,
    Source: location,
    RespURI: uri,
    NoResp: fc.constant(true as const),
    Cred: cred,
    Meta: sizes,
  },
  ['VerDTD', 'VerProto', 'SessionID', 'MsgID', 'Target', 'Source'],
);

function messageOf(item: fc.Arbitrary<Item>): fc.Arbitrary<SyncML> {
  const leaf = fc.oneof(plain(item), alert, exec, unknown);
  const command = fc.oneof(leaf, results(item), status, container(fc.oneof(leaf, container(leaf))));
  return fc.record({
    SyncHdr: header,
    SyncBody: fc.record({
      commands: fc.array(command, { maxLength: 8 }),
      Final: fc.boolean(),
    }),
  });
}

/** Messages whose Data is text: equal after a way through either spelling. */
export const textMessage = messageOf(textItem);

/** Messages with octets among the Data: equal after a way through WBXML. */
export const octetMessage = messageOf(fc.oneof(textItem, octetItem));

/** The same few messages in a spelling each time, for fuzz seeds. */
export function seedMessages(encoding: Encoding): Uint8Array[] {
  return fc
    .sample(octetMessage, { numRuns: 12, seed: 1 })
    .map((message) => encodeSyncML(message, encoding));
}

/** A record whose keys outside `required` may be absent (never undefined). */
function optional<T, Required extends keyof T>(
  model: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
  requiredKeys: Required[],
): fc.Arbitrary<Pick<T, Required> & Partial<Omit<T, Required>>> {
  return fc.record(model, { requiredKeys, noNullPrototype: true }) as never;
}
