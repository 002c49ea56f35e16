/**
 * Status elements: one for the SyncHdr, first in every message, and one per command or per Item.
 *
 * RepPro 1.2.2 Status, OMA-DMPRO 8. Used by both engines.
 */
import type {
  Chal,
  Command,
  Data,
  Item,
  Meta,
  Status,
  SyncHdr,
  SyncML,
} from '../syncml/message.ts';
import type { Draft } from './packages-draft.ts';

export type StatusDraft = Extract<Draft, { kind: 'Status' }>;

/** [REPPRO 6.1.5-1] [REPPRO 6.1.13-1] CmdRef 0 is the SyncHdr; its Status names the header's own Target and Source. */
export function headerStatus(hdr: SyncHdr, code: number, chal?: Chal, items?: Item[]): StatusDraft {
  return {
    kind: 'Status',
    MsgRef: hdr.MsgID,
    CmdRef: '0',
    Cmd: 'SyncHdr',
    TargetRef: [hdr.Target.LocURI],
    SourceRef: [hdr.Source.LocURI],
    ...(chal && { Chal: chal }),
    Data: String(code),
    Items: items ?? [],
  };
}

/** One Status for a whole command, with the addresses of all its Items. */
export function commandStatus(MsgRef: string, command: Command, code: number): StatusDraft {
  return itemsStatus(MsgRef, command, itemsOf(command), code);
}

/** One Status per distinct result: RepPro 1.2.2, Items that all came to the same share one. */
export function itemStatuses(
  MsgRef: string,
  command: Command,
  codes: readonly number[],
  /** RepPro 1.2.2 Add: the node that failed, by Item, where it is not the addressed one. */
  failedAt: readonly (string | undefined)[] = [],
): StatusDraft[] {
  const [first] = codes;
  if (first === undefined) return [];
  const isShared = codes.every((code) => code === first) && !failedAt.some((at) => at);
  if (isShared) return [commandStatus(MsgRef, command, first)];
  return itemsOf(command).map((item, index) => {
    const status = itemsStatus(MsgRef, command, [item], codes[index] ?? first);
    const LocURI = failedAt[index];
    return LocURI === undefined ? status : { ...status, Items: [{ Target: { LocURI } }] };
  });
}

function itemsStatus(
  MsgRef: string,
  command: Command,
  items: readonly Item[],
  code: number,
): StatusDraft {
  return {
    kind: 'Status',
    MsgRef,
    CmdRef: command.CmdID,
    // [REPPRO 6.1.3-1]
    Cmd: command.kind === 'Unknown' ? command.name : command.kind,
    TargetRef: items.flatMap(({ Target }) => (Target ? [Target.LocURI] : [])),
    SourceRef: items.flatMap(({ Source }) => (Source ? [Source.LocURI] : [])),
    Data: String(code),
    Items: [],
  };
}

/** Every command of a message answered alike, containers before their content. */
export function refuseAll(
  MsgRef: string,
  commands: readonly Command[],
  code: number,
): StatusDraft[] {
  return commands.flatMap((command) => {
    if (command.kind === 'Status' || command.kind === 'Results') return [];
    const inside = command.kind === 'Atomic' || command.kind === 'Sequence' ? command.commands : [];
    return [commandStatus(MsgRef, command, code), ...refuseAll(MsgRef, inside, code)];
  });
}

/** [REPPRO 6.5.1-1] In the order of the commands that they answer; what is in a container comes after it. */
export function inOrder(
  statuses: readonly StatusDraft[],
  commands: readonly Command[],
): readonly StatusDraft[] {
  const places = new Map(commands.flatMap(idsOf).map((CmdID, place) => [CmdID, place]));
  const placeOf = ({ CmdRef }: StatusDraft): number => places.get(CmdRef) ?? 0;
  return statuses.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function idsOf(command: Command): readonly string[] {
  const inside = 'commands' in command ? command.commands : [];
  return [command.CmdID, ...inside.flatMap(idsOf)];
}

export function itemsOf(command: Command): readonly Item[] {
  return 'Items' in command ? command.Items : [];
}

/** The peer's Status for our header of message `MsgID`. RepPro 1.2.2: CmdRef may be absent then. */
export function findHeaderStatus(message: SyncML, MsgID: string): Status | undefined {
  return message.SyncBody.commands.find(
    (command): command is Status =>
      command.kind === 'Status' &&
      (command.CmdRef === '0' || command.Cmd === 'SyncHdr') &&
      Number(command.MsgRef) === Number(MsgID),
  );
}

export function isAlert(command: Command, code: string): boolean {
  return command.kind === 'Alert' && command.Data === code;
}

/** A Status code as a number; what is no number counts as a failure of no known kind. */
export function codeOf(status: Status): number {
  return /^\d{3,4}$/.test(status.Data.trim()) ? Number(status.Data) : 500;
}

/** The Meta that holds for an Item: the command's, overridden element by element (MetInf 1.2.2). */
export function metaOf(outer: Meta | undefined, inner: Meta | undefined): Meta {
  return { ...outer, ...inner };
}

/** OMA-DMTND: octets travel as b64 text, which both spellings carry; the node's Format stays bin. */
export function carried(
  Format: string | undefined,
  data: Data,
): { readonly Format: string | undefined; readonly Data: string } {
  if (typeof data === 'string') return { Format, Data: data };
  return { Format: 'b64', Data: Buffer.from(data).toString('base64') };
}
