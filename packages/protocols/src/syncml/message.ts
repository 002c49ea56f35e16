/**
 * A SyncML 1.2 message as OMA DM uses it, typed. Property names are the wire's own.
 *
 * RepPro 1.2.2 sections 6 and 7, MetInf 1.2.2; what DM leaves out (Put, Search, Sync, Map, Move, Lang,
 * SourceParent, Anchor, ...) is not here. Made by `decodeSyncML`, written by `encodeSyncML` in DTD order.
 */

/** Text as it stands between the tags after unescaping, or octets that came as WBXML OPAQUE in a non-text Format. */
export type Data = string | Uint8Array;

export interface SyncML {
  readonly SyncHdr: SyncHdr;
  readonly SyncBody: SyncBody;
  /** What a lenient read had to forgive; never encoded. */
  readonly notes?: readonly Note[];
}

export interface Note {
  readonly code: string;
  readonly text: string;
  readonly byte?: number;
  readonly line?: number;
}

export interface SyncHdr {
  readonly VerDTD: string;
  readonly VerProto: string;
  readonly SessionID: string;
  readonly MsgID: string;
  readonly Target: Location;
  readonly Source: Location;
  readonly RespURI?: string;
  readonly NoResp?: true;
  readonly Cred?: Cred;
  readonly Meta?: Meta;
}

export interface SyncBody {
  readonly commands: readonly Command[];
  readonly Final: boolean;
}

/** Target or Source. */
export interface Location {
  readonly LocURI: string;
  readonly LocName?: string;
}

export interface Cred {
  readonly Meta?: Meta;
  /** As on the wire: base64 text, or the 16 raw octets that RepPro lets WBXML carry. */
  readonly Data: Data;
}

export interface Chal {
  readonly Meta: Meta;
}

export interface Meta {
  readonly Format?: string;
  readonly Type?: string;
  readonly Mark?: string;
  /** Bytes of Data as carried. */
  readonly Size?: number;
  readonly Version?: string;
  /** The decoded octets, whether base64 text or OPAQUE carried them. */
  readonly NextNonce?: Uint8Array;
  readonly MaxMsgSize?: number;
  readonly MaxObjSize?: number;
  readonly EMI?: readonly string[];
}

export interface Item {
  readonly Target?: Location;
  readonly Source?: Location;
  readonly Meta?: Meta;
  /** Absent and empty differ: `<Data/>` is `''`. */
  readonly Data?: Data;
  readonly MoreData?: true;
}

export type Command =
  | Add
  | Alert
  | Atomic
  | Copy
  | Delete
  | Exec
  | Get
  | Replace
  | Results
  | Sequence
  | Status
  | Unknown;

/** The element name of a command, as in Status/Cmd. */
export type CommandName = Command['kind'];

interface Common {
  readonly CmdID: string;
  readonly NoResp?: true;
  readonly Meta?: Meta;
}

export interface Add extends Common {
  readonly kind: 'Add';
  readonly Items: readonly Item[];
}

export interface Alert extends Common {
  readonly kind: 'Alert';
  readonly Data?: string;
  readonly Correlator?: string;
  readonly Items: readonly Item[];
}

export interface Atomic extends Common {
  readonly kind: 'Atomic';
  readonly commands: readonly Command[];
}

export interface Copy extends Common {
  readonly kind: 'Copy';
  readonly Items: readonly Item[];
}

export interface Delete extends Common {
  readonly kind: 'Delete';
  readonly Items: readonly Item[];
}

export interface Exec extends Common {
  readonly kind: 'Exec';
  readonly Correlator?: string;
  readonly Items: readonly Item[];
}

export interface Get extends Common {
  readonly kind: 'Get';
  readonly Items: readonly Item[];
}

export interface Replace extends Common {
  readonly kind: 'Replace';
  readonly Items: readonly Item[];
}

export interface Sequence extends Common {
  readonly kind: 'Sequence';
  readonly commands: readonly Command[];
}

export interface Results {
  readonly kind: 'Results';
  readonly CmdID: string;
  /** RepPro: absent means 1. */
  readonly MsgRef?: string;
  /** RepPro: absent means 1. */
  readonly CmdRef?: string;
  readonly Meta?: Meta;
  readonly TargetRef?: string;
  readonly SourceRef?: string;
  readonly Items: readonly Item[];
}

export interface Status {
  readonly kind: 'Status';
  readonly CmdID: string;
  readonly MsgRef: string;
  /** "0" is the SyncHdr. */
  readonly CmdRef: string;
  readonly Cmd: string;
  readonly TargetRef: readonly string[];
  readonly SourceRef: readonly string[];
  readonly Cred?: Cred;
  readonly Chal?: Chal;
  readonly Data: string;
  readonly Items: readonly Item[];
}

/** An element that RepPro does not know, or that DM does not use: kept so that it can be answered with 501 or 406. */
export interface Unknown {
  readonly kind: 'Unknown';
  readonly CmdID: string;
  /** The element's local name as it came. */
  readonly name: string;
}
