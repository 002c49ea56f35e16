/**
 * The SyncHdr of the client's messages: its numbers, its address, and what the server's headers made of them.
 *
 * RepPro 1.2.2 SyncHdr, OMA-DMPRO 8.1. Used by the client engine.
 */
import type { SyncHdr } from '../syncml/message.ts';
import type { ClientAuth } from './client-auth.ts';
import type { DmClientOptions } from './client-interface.ts';
import { VERSIONS } from './packages.ts';

/** What the server takes as long as it has not stated less. */
const NO_LIMITS = { MaxMsgSize: 1_000_000, MaxObjSize: Number.MAX_SAFE_INTEGER };

export class ClientHeader {
  readonly #options: DmClientOptions;
  /** Where the next message goes. */
  url: string;
  /** What the server takes. */
  limits = NO_LIMITS;
  /** MsgID of the last message. */
  MsgID = 0;

  constructor(options: DmClientOptions) {
    this.#options = options;
    this.url = options.url;
  }

  /** Of the next message. `isFirst`: until the server has said anything but a challenge. */
  next(auth: ClientAuth, isFirst: boolean): SyncHdr {
    const { SessionID, url, DevId, MaxMsgSize, MaxObjSize } = this.#options;
    const Cred = auth.cred();
    const LocName = auth.name;
    return {
      ...VERSIONS,
      SessionID,
      // [REPPRO 6.1.12-1]
      MsgID: String(this.MsgID + 1),
      Target: { LocURI: url },
      Source: { LocURI: DevId, ...(LocName !== undefined && { LocName }) },
      ...(Cred && { Cred }),
      // OMA-DMPRO 8.2: stated with package #1, and valid for the session.
      ...(isFirst && { Meta: { MaxMsgSize, MaxObjSize } }),
    };
  }

  take({ Meta, RespURI }: SyncHdr): void {
    this.limits = {
      MaxMsgSize: Meta?.MaxMsgSize ?? this.limits.MaxMsgSize,
      MaxObjSize: Meta?.MaxObjSize ?? this.limits.MaxObjSize,
    };
    // [REPPRO 6.1.17-1] On the server's own origin only: credentials go nowhere else.
    if (RespURI !== undefined && isSameOrigin(RespURI, this.#options.url)) this.url = RespURI;
  }
}

function isSameOrigin(candidate: string, url: string): boolean {
  const [theirs, ours] = [URL.parse(candidate), URL.parse(url)];
  return (
    theirs !== null && ours !== null && theirs.origin === ours.origin && ours.origin !== 'null'
  );
}
