/**
 * One DM session as the Provisioning Server lives it (UE-4): the protocol engine, the plan, the collector and the
 * counters, joined. Pure: a message in, a reply and the changes to store out; the shell replies after the commit.
 * What the device holds is asked for only when it has proved itself, so that unknown devices cost what known ones do.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-4 [R-6.7-12]; OMA-DMPRO 8.
 */
import type { Instant, Random } from '@ueprov/protocols';
import {
  type AuthScheme,
  DmServer,
  type DmServerEffect,
  type MacOf,
  type Operation,
  type ReceivedProof,
  UNANSWERED,
} from '@ueprov/protocols/dm';
import { type Alert, type SyncHdr, type SyncML, statusText } from '@ueprov/protocols/syncml';
import { collectAlert, isKnownAlertType } from './collector.ts';
import { nodeRecord } from './node-record.ts';
import { SessionOperations } from './operations/in-session.ts';
import { Plan } from './plan.ts';
import { devInfoChange } from './session-dev-info.ts';
import type { OperationRecord } from './store/operation-record.ts';
import type {
  Change,
  DeviceRecord,
  NodeRecord,
  SessionRecord,
  SessionResult,
} from './store/record.ts';
import { textOf } from './value.ts';

export interface DmSessionOptions {
  /** Of the record: unique for ever, unlike SessionID. */
  readonly id: string;
  readonly SessionID: string;
  /** As the peer calls itself. */
  readonly DevId: string;
  readonly ServerID: string;
  readonly url: string;
  /** Where the device's next messages go; nobody else knows it. */
  readonly RespURI: string;
  readonly device: DeviceRecord | undefined;
  /** What a device that is not known is asked for: the scheme that the known ones use. */
  readonly decoyScheme: AuthScheme;
  /** How the device proved itself to HTTP: nothing more is asked of it. */
  readonly httpAuth?: 'http-basic' | 'http-digest';
  readonly encoding: 'wbxml' | 'xml';
  readonly MaxMsgSize: number;
  readonly MaxObjSize: number;
  readonly random: Random;
  readonly startedAt: Instant;
}

export interface SessionStep {
  readonly reply: SyncML;
  /** Makes `x-syncml-hmac` from its octets, if the account asks for it. */
  readonly mac?: MacOf;
  readonly changes: readonly Change[];
}

/** What the store holds for the answer to a message, as it stands now. */
export interface Stored {
  /** The operation that is next in its queue. */
  readonly next?: OperationRecord | undefined;
  /** The nodes of the device, where an operation is under way. */
  readonly nodes?: readonly NodeRecord[];
}

interface Failure {
  readonly command: string;
  readonly uri: string;
  readonly status: number;
}

export class DmSession {
  readonly #options: DmSessionOptions;
  readonly #engine: DmServer;
  #plan = new Plan([], new Map());
  readonly #commands = new Map<string, Operation>();
  readonly #operations: SessionOperations;
  readonly #failures: Failure[] = [];
  #trigger: SessionRecord['trigger'] = 'unknown';
  #auth: SessionRecord['auth'] | undefined;
  #result: SessionResult = 'open';
  #reason: string | undefined;
  #endedAt: Instant | undefined;
  #messages = 0;
  #bytes = 0;
  #commandsOk = 0;
  #events = 0;

  constructor(options: DmSessionOptions) {
    this.#options = options;
    const { device } = options;
    this.#operations = new SessionOperations(options.id);
    this.#engine = new DmServer({
      ServerID: options.ServerID,
      url: options.url,
      RespURI: options.RespURI,
      decoyScheme: options.decoyScheme,
      account: device && { CLCRED: device.CLCRED, SRVCRED: device.SRVCRED },
      MaxMsgSize: options.MaxMsgSize,
      MaxObjSize: options.MaxObjSize,
      random: options.random,
      isTransportAuthenticated: options.httpAuth !== undefined,
      acceptAlert: (item, { Correlator }) =>
        this.#operations.isAwaited(Correlator) || isKnownAlertType(item),
    });
  }

  /** The device of this session, whether or not it has proved itself yet. */
  get device(): DeviceRecord | undefined {
    return this.#options.device;
  }

  get DevId(): string {
    return this.#options.DevId;
  }

  get id(): string {
    return this.#options.id;
  }

  get isAuthenticated(): boolean {
    return this.#auth !== undefined;
  }

  /** RepPro 1.2.2: whether a message of these names can be one of this session. */
  isOf({ SessionID, Source }: SyncHdr): boolean {
    return SessionID === this.#options.SessionID && Source.LocURI === this.#options.DevId;
  }

  /** OMA-DMSEC 5.1.4: whether the device, which proves every message, has not sent this one. */
  isForeign(hdr: SyncHdr, proof: ReceivedProof): boolean {
    return this.#engine.isForeign(hdr, proof);
  }

  get isEnded(): boolean {
    return this.#result !== 'open';
  }

  get deadline(): Instant | undefined {
    return this.#engine.deadline;
  }

  /** Whether an operation is under way, or one that ended in this session may yet be told of. */
  get isOperating(): boolean {
    return this.#operations.isUnderWay;
  }

  /** An operation of an earlier session whose end this device may tell. */
  awaits(operation: OperationRecord): void {
    this.#operations.await(operation);
  }

  /** What is known of the device and wanted of it: given once, when it has proved itself. */
  adopt(plan: Plan): void {
    this.#plan = plan;
  }

  /** Takes the peer's message. Throws ProtocolError if it cannot belong to this session. */
  receive(message: SyncML, proof: ReceivedProof, now: Instant): readonly DmServerEffect[] {
    return this.#engine.step({ kind: 'message', message, proof }, now);
  }

  /** What `receive` gave, carried on to the reply. */
  answer(received: readonly DmServerEffect[], now: Instant, stored: Stored = {}): SessionStep {
    const effects = [...received];
    // Every answer goes into the plan before it says what comes next.
    for (const effect of effects) {
      if (effect.kind !== 'result') continue;
      this.#plan.answered(effect);
      this.#operations.answered(effect);
    }
    const settled = this.#settle(stored.nodes ?? [], now);
    if (effects.some(({ kind }) => kind === 'ready')) {
      effects.push(...this.#continue(stored.next, now));
    }
    this.#operations.sent(new Set(this.#engine.unsent));
    const changes = joined([
      ...settled,
      ...effects.flatMap((effect) => this.#change(effect, now)),
      ...this.#operations.takeChanges(),
    ]);
    const reply = effects.find((effect) => effect.kind === 'reply');
    if (reply === undefined) throw new Error('the DM server engine gave no reply');
    return { reply: reply.message, changes, ...(reply.mac && { mac: reply.mac }) };
  }

  /** The peer stayed away. */
  timeout(now: Instant): readonly Change[] {
    const effects = this.#engine.step({ kind: 'timeout' }, now);
    const changes = effects.flatMap((effect) => this.#change(effect, now));
    if (effects.length === 0) return [];
    const operations = this.#operations.takeChanges();
    return [...changes, ...operations, { kind: 'session', session: this.record() }];
  }

  /** The device began another session: of this one nothing comes any more. */
  abandon(now: Instant): readonly Change[] {
    this.#end('aborted', 'the device began another session', now);
    return [...this.#operations.takeChanges(), { kind: 'session', session: this.record() }];
  }

  /** Counts a message of either direction, as it was on the wire. */
  count(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }

  record(): SessionRecord {
    const { id, SessionID, device, encoding, startedAt } = this.#options;
    return {
      id,
      ...(device && this.#auth && { device: device.id }),
      SessionID,
      trigger: this.#trigger,
      startedAt,
      ...(this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      result: this.#result,
      sentence: this.#sentence(),
      encoding,
      auth: this.#auth ?? 'none',
      messages: this.#messages,
      commandsOk: this.#commandsOk,
      commandsFailed: this.#failures.length,
      bytes: this.#bytes,
    };
  }

  /** The plan first; then one operation after the other, so that no more than one can ever be in doubt. */
  #continue(next: OperationRecord | undefined, now: Instant): DmServerEffect[] {
    const planned = this.#plan.next();
    for (const command of planned) this.#commands.set(command.id, command);
    const operations = planned.length > 0 ? planned : this.#operations.begin(next, now);
    return this.#engine.step({ kind: 'operations', operations }, now);
  }

  /** What an operation wrote is no longer known to be as it was read back. */
  #settle(nodes: readonly NodeRecord[], now: Instant): Change[] {
    const settled = this.#operations.settle(now);
    const device = this.#options.device?.id;
    if (device === undefined || settled === undefined) return [];
    const { id, touched } = settled;
    const doubtful = nodes.filter(({ uri }) => touched.some((above) => isAtOrBelow(uri, above)));
    const [wanted] = doubtful.filter(({ desired }) => desired !== undefined);
    if (wanted !== undefined) {
      const remark = `The profile has a value for ${wanted.uri}: the next session sees to that.`;
      this.#operations.remark(id, remark);
    }
    if (doubtful.length === 0) return [];
    return [{ kind: 'nodes', device, nodes: doubtful.map(unverified) }];
  }

  #change(effect: DmServerEffect, now: Instant): Change[] {
    const device = this.#options.device?.id;
    switch (effect.kind) {
      case 'authenticated':
        this.#auth = this.#options.httpAuth ?? effect.scheme;
        return device === undefined ? [] : [{ kind: 'device-state', device, seenAt: now }];
      case 'nonce':
        return device === undefined
          ? []
          : [{ kind: 'nonce', device, level: effect.level, nonce: effect.nonce }];
      case 'alert':
        return this.#alert(effect.alert, now);
      case 'DevInfo':
        return device === undefined ? [] : devInfoChange(device, effect.items);
      case 'result':
        return this.#counted(effect.id, effect.status, now);
      case 'ended':
        this.#end(effect.result, effect.reason, now);
        return [];
      case 'ready':
      case 'reply':
        return [];
    }
  }

  #alert(alert: Alert, now: Instant): Change[] {
    if (alert.Data === '1200') this.#trigger = 'server';
    if (alert.Data === '1201') this.#trigger = 'client';
    this.#operations.told(alert, now);
    const { device, id } = this.#options;
    const events = collectAlert(alert, {
      device: device?.id,
      session: id,
      now,
      first: this.#events,
    });
    this.#events += events.length;
    return events.map((event) => ({ kind: 'event', event }));
  }

  #counted(id: string, status: number, now: Instant): Change[] {
    const operation = this.#commands.get(id);
    const device = this.#options.device?.id;
    if (operation === undefined || device === undefined) return [];
    this.#commands.delete(id);
    const isFailure = (status === UNANSWERED || status >= 300) && !isExpected(operation, status);
    if (isFailure) this.#failures.push({ command: operation.kind, uri: operation.uri, status });
    else this.#commandsOk += 1;
    const node = this.#plan.nodes.find(({ desired }) => desired.uri === operation.uri);
    if (node === undefined) return [];
    return [{ kind: 'nodes', device, nodes: [nodeRecord(device, node, this.#options.id, now)] }];
  }

  #end(
    result: Exclude<SessionResult, 'open' | 'completed-with-errors'>,
    reason: string | undefined,
    now: Instant,
  ): void {
    const hasErrors =
      result === 'completed' &&
      this.#plan.nodes.some(({ step }) => step === 'rejected' || step === 'different');
    this.#result = hasErrors ? 'completed-with-errors' : result;
    this.#reason = reason;
    this.#endedAt = now;
    const why = reason === undefined ? '' : ` (${reason})`;
    this.#operations.interrupt(`The session broke off${why}`, now);
  }

  /** What came of the session, for people. */
  #sentence(): string {
    const { nodes } = this.#plan;
    const written = nodes.filter(({ desired }) => desired.Data !== undefined);
    const verified = written.filter(({ step }) => step === 'verified').length;
    const read = nodes.filter(({ step }) => step === 'reported').length;
    const operations = this.#operations.done;
    const done = [
      ...(verified > 0 ? [`${verified} of ${written.length} nodes verified`] : []),
      ...(read > 0 ? [`${read} read`] : []),
      ...(operations > 0 ? [`${operations} operation${operations > 1 ? 's' : ''} ended`] : []),
      ...(this.#events > 0 ? [`${this.#events} event${this.#events > 1 ? 's' : ''} received`] : []),
    ].join(', ');
    switch (this.#result) {
      case 'open':
        return 'Open.';
      case 'completed':
        return done === '' ? 'Completed; nothing was to be done.' : `Completed: ${done}.`;
      case 'completed-with-errors':
        return `Completed with errors: ${this.#refusals()}.`;
      default:
        return `${SENTENCES[this.#result]}${this.#reason === undefined ? '' : `: ${this.#reason}`}.`;
    }
  }

  #refusals(): string {
    const bad = this.#plan.nodes.filter(({ step }) => step === 'rejected' || step === 'different');
    const [first] = bad;
    if (first === undefined) return 'commands failed';
    const { desired, status, step, reported } = first;
    const why =
      step === 'different'
        ? `reads back as ${JSON.stringify(textOf(reported ?? ''))}`
        : status === undefined || status === UNANSWERED
          ? 'was not answered'
          : `was refused with ${status} ${statusText(String(status))}`;
    return `${desired.uri} ${why}${bad.length > 1 ? `, and ${bad.length - 1} more` : ''}`;
  }
}

const SENTENCES = {
  aborted: 'Aborted',
  unauthenticated: 'Ended without authentication',
  timeout: 'The device stopped answering',
} as const;

/** Answers that the plan meets by the other verb are part of finding out, not failures. */
function isExpected({ kind }: Operation, status: number): boolean {
  return (
    (kind === 'Replace' && status === 404) || (kind === 'Add' && (status === 418 || status === 404))
  );
}

/** What one message tells about the state of its device is one write. */
function joined(changes: readonly Change[]): Change[] {
  const states = changes.filter((change) => change.kind === 'device-state');
  if (states.length < 2) return [...changes];
  const others = changes.filter((change) => change.kind !== 'device-state');
  return [...others, Object.assign({}, ...states)];
}

function isAtOrBelow(uri: string, above: string): boolean {
  return uri === above || uri.startsWith(`${above}/`);
}

/** Not as it was read back any more: the next session writes and reads it again. */
function unverified({ device, uri, format, desired, session }: NodeRecord): NodeRecord {
  return {
    device,
    uri,
    format,
    ...(desired !== undefined && { desired }),
    state: desired === undefined ? 'unmanaged' : 'pending',
    ...(session !== undefined && { session }),
  };
}
