/**
 * The client's package in hand: what is still to be sent, what was sent last, and what the server said of it.
 *
 * OMA-DMPRO 8.2 (a package over several messages), 7 (large objects). Used by the client engine.
 */
import type { Alert, Command, Status, SyncHdr, SyncML } from '../syncml/message.ts';
import type { MacOf } from './auth-hmac.ts';
import type { DmClientEffect } from './client-interface.ts';
import { package1 } from './packages.ts';
import { type Draft, draftsSize, frameSize, numbered } from './packages-draft.ts';
import { Outbox, type Taken } from './packages-outbox.ts';
import { codeOf, isAlert } from './packages-status.ts';
import type { Tree } from './tree/tree.ts';

/** A message as it left, for the case that it is lost. */
export interface Sent {
  readonly message: SyncML;
  readonly mac: MacOf | undefined;
  /** CmdID of a chunk that is not the last of its object. */
  readonly chunk: string | undefined;
}

const NEXT_MESSAGE: Draft = { kind: 'Alert', Data: '1222', Items: [] };

export class ClientPackage {
  readonly #outbox = new Outbox();
  readonly #alerts: Draft[];
  /** Which of our alerts a Status is for, by MsgRef and CmdRef. */
  readonly #alertSent = new Map<string, number>();
  /** Whether the package that ours answers has had its Final. */
  #isPeerFinal = true;
  /** What goes with the next message whatever else waits, and what of that went with the last. */
  #prompt: readonly Draft[] = [];
  #lastPrompt: readonly Draft[] = [];
  #last: Sent | undefined;

  constructor(alerts: readonly Alert[]) {
    this.#alerts = alerts.map(withoutCmdID);
  }

  get last(): Sent | undefined {
    return this.#last;
  }

  get isEmpty(): boolean {
    return this.#outbox.isEmpty && this.#prompt.length === 0;
  }

  /** OMA-DMPRO 8.1: nothing is left to say, and the server has said all of its own. */
  get isOver(): boolean {
    return this.isEmpty && this.#isPeerFinal;
  }

  begin(alert: '1200' | '1201', tree: Tree): void {
    this.#outbox.add(package1(alert, tree, this.#alerts));
  }

  /** Goes with the next message, or with package #1 where that has not begun. */
  report(alert: Alert): void {
    const draft = withoutCmdID(alert);
    this.#alerts.push(draft);
    if (this.#last !== undefined) this.#outbox.add([draft]);
  }

  /** Answers a message of the server. */
  answer({ commands, Final }: SyncML['SyncBody'], drafts: readonly Draft[]): void {
    // OMA-DMPRO 8.2: without Final it asks for the rest of ours, or has more of its own package to come.
    const isOursOpen = this.#last?.message.SyncBody.Final === false && this.#isPeerFinal;
    this.#isPeerFinal = Final || isOursOpen;
    // OMA-DMPRO 6: what answers a Next Message goes with that message, before all that waits.
    const isPrompt = (draft: Draft) => draft.kind === 'Status' && isNextMessage(commands);
    this.#prompt = drafts.filter(isPrompt);
    this.#outbox.add(drafts.filter((draft) => !isPrompt(draft)));
    // OMA-DMPRO 6, 7 [DMPRO 6-1]: the rest of its package is asked for, unless something of ours asks by itself.
    if (!this.#isPeerFinal && !this.#outbox.hasCommands) this.#outbox.add([NEXT_MESSAGE]);
  }

  /** OMA-DMPRO 9.2.2: the last message was not accepted; its content goes into the next one. */
  rewind(): void {
    this.#outbox.rewind();
    this.#prompt = this.#lastPrompt;
  }

  /** The last message was accepted. */
  settle(): void {
    this.#outbox.settle();
    this.#lastPrompt = [];
  }

  /** What the server said to what we sent: alerts, and chunks of objects. */
  take(commands: readonly Command[]): DmClientEffect[] {
    return commands.flatMap((command): DmClientEffect[] => {
      if (isAlert(command, '1225')) this.#outbox.dropObject();
      if (command.kind !== 'Status') return [];
      const code = codeOf(command);
      const isChunk = this.#isChunk(command);
      // OMA-DMPRO 7: 213 asks for the next chunk; where the object is refused the rest stays here.
      if (isChunk && code >= 300) this.#outbox.dropObject();
      return isChunk && code < 300 ? [] : this.#alertStatus(command, code);
    });
  }

  /** The next message of the package, `head` first. */
  next(hdr: SyncHdr, head: readonly Draft[], MaxMsgSize: number, mac: MacOf | undefined): Sent {
    const first = [...head, ...this.#prompt];
    this.#lastPrompt = this.#prompt;
    this.#prompt = [];
    const drafts = this.#outbox.take(frameSize(hdr) + draftsSize(first), MaxMsgSize);
    // [DMPRO 6-2] [REPPRO 6.1.7-1] Final is in the last message of a package, after the server's own.
    return this.#record(hdr, [...first.map(alone), ...drafts], this.isOver, mac);
  }

  /** A message beside the package. */
  beside(hdr: SyncHdr, drafts: readonly Draft[], Final: boolean, mac: MacOf | undefined): Sent {
    return this.#record(hdr, drafts.map(alone), Final, mac);
  }

  #record(hdr: SyncHdr, taken: readonly Taken[], Final: boolean, mac: MacOf | undefined): Sent {
    for (const [index, alert] of this.#alerts.entries()) {
      const at = taken.findIndex(({ whole }) => whole === alert);
      if (at >= 0) this.#alertSent.set(`${Number(hdr.MsgID)}/${at + 1}`, index);
    }
    const commands = numbered(taken.map(({ draft }) => draft));
    const chunk = commands[taken.findIndex(({ isEnd }) => !isEnd)]?.CmdID;
    this.#last = { message: { SyncHdr: hdr, SyncBody: { commands, Final } }, mac, chunk };
    return this.#last;
  }

  #isChunk({ MsgRef, CmdRef }: Status): boolean {
    if (this.#last?.chunk === undefined || CmdRef !== this.#last.chunk) return false;
    return Number(MsgRef) === Number(this.#last.message.SyncHdr.MsgID);
  }

  #alertStatus({ Cmd, MsgRef, CmdRef }: Status, status: number): DmClientEffect[] {
    const key = `${Number(MsgRef)}/${CmdRef}`;
    const index = this.#alertSent.get(key);
    if (Cmd !== 'Alert' || index === undefined) return [];
    this.#alertSent.delete(key);
    return [{ kind: 'alert-status', index, status }];
  }
}

function withoutCmdID({ CmdID: _, ...alert }: Alert): Draft {
  return alert;
}

/** A command that is not part of the package. */
function alone(draft: Draft): Taken {
  return { draft, whole: draft, isEnd: true };
}

/** OMA-DMPRO 6: it asks for the rest of our package, and for nothing else. */
function isNextMessage(commands: readonly Command[]): boolean {
  const requests = commands.filter(({ kind }) => kind !== 'Status');
  return requests.length > 0 && requests.every((command) => isAlert(command, '1222'));
}
