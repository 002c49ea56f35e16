/** The shapes of `/api/v1`: one zod schema for the route, the OpenAPI document and the console's types. */
import { z } from 'zod';

/** RFC 3339 with milliseconds, UTC. */
const Time = z.iso.datetime({ precision: 3 });

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
});
export type Problem = z.infer<typeof Problem>;

/**
 * not-sent: desired but no session yet; pending: written, not yet read back; verified: read back and equal;
 * unverifiable: written, and the device lets nobody read it.
 */
export const ConfigState = z.enum([
  'unmanaged',
  'not-sent',
  'pending',
  'verified',
  'rejected',
  'different',
  'unverifiable',
]);
export type ConfigState = z.infer<typeof ConfigState>;

export const Device = z.object({
  id: z.string(),
  DevId: z.string(),
  IMPU: z.string().nullable(),
  Man: z.string().nullable(),
  Mod: z.string().nullable(),
  /** DevInfo/Ext/Pktc2/PktcVersion, hex octet of capability 5.1. */
  PktcVersion: z.string().nullable(),
  registered: z.boolean(),
  registeredUntil: Time.nullable(),
  profile: z.string().nullable(),
  config: ConfigState,
  nodesDesired: z.int(),
  nodesVerified: z.int(),
  wake: z.enum(['idle', 'queued', 'sent', 'answered', 'held', 'gave-up']),
  wakeReason: z.string().nullable(),
  lastSession: z.object({ id: z.string(), result: z.string(), at: Time }).nullable(),
  lastEvent: z.object({ id: z.int(), name: z.string(), severity: z.string(), at: Time }).nullable(),
  seenAt: Time.nullable(),
});
export type Device = z.infer<typeof Device>;

/** One node of a device as the server knows it. */
export const Node = z.object({
  uri: z.string(),
  desired: z.string().nullable(),
  reported: z.string().nullable(),
  format: z.string(),
  state: ConfigState,
  status: z.int().nullable(),
  statusText: z.string().nullable(),
  session: z.string().nullable(),
  verifiedAt: Time.nullable(),
});
export type Node = z.infer<typeof Node>;

export const SessionSummary = z.object({
  id: z.string(),
  device: z.string().nullable(),
  SessionID: z.string(),
  trigger: z.enum(['server', 'client', 'unknown']),
  startedAt: Time,
  endedAt: Time.nullable(),
  result: z.enum([
    'open',
    'completed',
    'completed-with-errors',
    'aborted',
    'unauthenticated',
    'timeout',
  ]),
  /** The result in one sentence. */
  sentence: z.string(),
  encoding: z.enum(['wbxml', 'xml']),
  auth: z.enum(['none', 'basic', 'md5', 'hmac', 'transport', 'http-basic', 'http-digest']),
  messages: z.int(),
  commandsOk: z.int(),
  commandsFailed: z.int(),
  bytes: z.int(),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/** A command of a message with the Status that answered it, if one did. */
export const TracedCommand = z.object({
  kind: z.string(),
  CmdID: z.string(),
  uri: z.string().nullable(),
  data: z.string().nullable(),
  /** Format of the data, `chr` if the message did not say. */
  format: z.string().nullable(),
  /** Status/Data of the answer, its words, and the message that carried it. */
  status: z.string().nullable(),
  statusText: z.string().nullable(),
  answeredIn: z.int().nullable(),
  /** For a Status or Results: what it answers. */
  refersTo: z.string().nullable(),
});
export type TracedCommand = z.infer<typeof TracedCommand>;

/** One message on the session's time axis, SIP or HTTP. */
export const TracedMessage = z.object({
  seq: z.int(),
  at: Time,
  protocol: z.enum(['SIP', 'HTTP']),
  from: z.string(),
  to: z.string(),
  /** `Pkg#1 Alert 1200`, `MESSAGE Pkg#0`, `REGISTER`, `200 OK` ... */
  label: z.string(),
  contentType: z.string().nullable(),
  bytes: z.int(),
  /** Base64 of the octets as they were on the wire, secrets overwritten by `*` of the same length. */
  raw: z.string(),
  /** The message as indented XML or as SIP text, secrets masked; null if it could not be decoded. */
  text: z.string().nullable(),
  error: z.string().nullable(),
  notes: z.array(z.string()),
  commands: z.array(TracedCommand),
});
export type TracedMessage = z.infer<typeof TracedMessage>;

export const Session = SessionSummary.extend({ trace: z.array(TracedMessage) });
export type Session = z.infer<typeof Session>;

export const Event = z.object({
  id: z.string(),
  at: Time,
  device: z.string().nullable(),
  session: z.string().nullable(),
  source: z.enum(['alert', 'syslog']),
  eventId: z.number(),
  name: z.string(),
  severity: z.string(),
  text: z.string(),
  payload: z.string(),
});
export type Event = z.infer<typeof Event>;

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const DevicePage = page(Device);
export const NodePage = page(Node);
export const SessionPage = page(SessionSummary);
export const EventPage = page(Event);

export const CommandKind = z.enum([
  'get',
  'list',
  'replace',
  'add',
  'delete',
  'exec',
  'copy',
  'acl',
]);

export const OperationState = z.enum([
  'queued',
  'woken',
  'in-session',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
  'unknown',
]);
export type OperationState = z.infer<typeof OperationState>;

export const Encoding = z.enum(['text', 'base64']);

/** A node or property as the device told it. */
export const OperationResult = z.object({
  uri: z.string().nullable(),
  format: z.string(),
  type: z.string(),
  data: z.string(),
  encoding: Encoding,
});
export type OperationResult = z.infer<typeof OperationResult>;

/** A command with what came of it. */
export const OperationCommand = z.object({
  kind: CommandKind,
  uri: z.string(),
  source: z.string().nullable(),
  prop: z.string().nullable(),
  list: z.string().nullable(),
  format: z.string().nullable(),
  type: z.string().nullable(),
  data: z.string().nullable(),
  encoding: Encoding,
  /** waiting: in no message yet; sent: unanswered; running: accepted, its end is still to be told. */
  state: z.enum(['waiting', 'sent', 'running', 'answered']),
  /** Null after `answered`: the device said nothing. */
  status: z.int().nullable(),
  statusText: z.string().nullable(),
  /** Result code in the Alert that told the end of an Exec. */
  outcome: z.int().nullable(),
  results: z.array(OperationResult),
});
export type OperationCommand = z.infer<typeof OperationCommand>;

export const OperationSummary = z.object({
  id: z.string(),
  device: z.string(),
  kind: z.union([CommandKind, z.literal('batch')]),
  state: OperationState,
  /** Why it stands where it stands. */
  reason: z.string().nullable(),
  /** Address of the first command, and how many there are. */
  uri: z.string(),
  count: z.int(),
  session: z.string().nullable(),
  createdAt: Time,
  deadline: Time,
  finishedAt: Time.nullable(),
});
export type OperationSummary = z.infer<typeof OperationSummary>;

export const Operation = OperationSummary.extend({
  /** Rises with every change. */
  version: z.int(),
  /** Sessions that have tried it. */
  attempt: z.int(),
  atomic: z.boolean(),
  /** Whether the device is woken for it. */
  waking: z.boolean(),
  /** Of the device. */
  wake: Device.shape.wake,
  wakeReason: z.string().nullable(),
  commands: z.array(OperationCommand),
});
export type Operation = z.infer<typeof Operation>;

export const OperationPage = page(OperationSummary);

/** The wake is on its way; how it goes is in the device's `wake`. */
export const WakeAccepted = z.object({ device: z.string(), wake: Device.shape.wake });
export type WakeAccepted = z.infer<typeof WakeAccepted>;

export const Health = z.object({ status: z.enum(['ok', 'failing']) });
export type Health = z.infer<typeof Health>;

export const Login = z.object({ token: z.string().max(512) });
export type Login = z.infer<typeof Login>;

/** A message on the stream: what it was; the session's trace shows the rest. */
export const MessageNotice = TracedMessage.pick({
  seq: true,
  at: true,
  protocol: true,
  from: true,
  to: true,
  label: true,
}).extend({ session: z.string().nullable(), device: z.string().nullable() });
export type MessageNotice = z.infer<typeof MessageNotice>;

/**
 * Topics of `GET /api/v1/stream?topics=`; each event carries the changed resource:
 * Device, SessionSummary, MessageNotice, Event, OperationSummary. An event named `reset` says that some were missed: ask again.
 */
export const Topic = z.enum(['device', 'session', 'message', 'event', 'operation']);
export type Topic = z.infer<typeof Topic>;
