/**
 * A message as an indented tree for people: every element that came, statuses and alerts in words.
 *
 * RepPro 1.2.2 §6, §7. Pure. Used by `ueprov syncml decode`.
 */
import { encodeBase64, encodeHex } from '@ueprov/protocols';
import {
  alertText,
  type Command,
  type Cred,
  type Data,
  describePackage,
  type Item,
  isSuccess,
  type Location,
  type Meta,
  type Status,
  type SyncHdr,
  type SyncML,
  statusText,
} from '@ueprov/protocols/syncml';
import { type Paint, printable } from './paint.ts';

/** Octets shown of one value; `--json` has them all. */
export const OCTETS_SHOWN_MAX = 64;

export function outlineMessage(message: SyncML, paint: Paint): string {
  const outline = new Outline(paint);
  outline.message(message);
  return `${outline.lines.join('\n')}\n`;
}

class Outline {
  readonly lines: string[] = [];
  readonly #paint: Paint;
  #depth = 0;

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  message(message: SyncML): void {
    this.#branch('SyncML', this.#paint.quiet(printable(describePackage(message))), () => {
      this.#branch('SyncHdr', '', () => this.#header(message.SyncHdr));
      this.#branch('SyncBody', '', () => {
        for (const command of message.SyncBody.commands) this.#command(command);
        if (message.SyncBody.Final) this.#leaf('Final', '');
      });
    });
  }

  #header(header: SyncHdr): void {
    for (const name of ['VerDTD', 'VerProto', 'SessionID', 'MsgID'] as const) {
      this.#leaf(name, printable(header[name]));
    }
    this.#location('Target', header.Target);
    this.#location('Source', header.Source);
    this.#text('RespURI', header.RespURI);
    if (header.NoResp) this.#leaf('NoResp', '');
    this.#cred(header.Cred);
    this.#meta(header.Meta);
  }

  #command(command: Command): void {
    if (command.kind === 'Unknown') {
      this.#leaf(printable(command.name), `${printable(command.CmdID)}  (not of OMA DM)`);
      return;
    }
    const number = printable(command.CmdID);
    this.#branch(command.kind, `${number}${this.#meaningOf(command)}`, () => {
      if (command.kind === 'Status') this.#status(command);
      else this.#parts(command);
    });
  }

  /** What stands behind the number of a command. */
  #meaningOf(command: Command): string {
    if (command.kind === 'Alert' && command.Data !== undefined) {
      const { Data } = command;
      return `  ${this.#paint.alert(`${printable(Data)} ${alertText(Data)}`)}`;
    }
    if (command.kind === 'Status') return `  ${this.#statusWords(command)}`;
    if (command.kind !== 'Results') return '';
    const { MsgRef = '1', CmdRef = '1' } = command;
    return `  ${this.#paint.quiet(printable(`of command ${CmdRef} in message ${MsgRef}`))}`;
  }

  #statusWords({ Data, Cmd, CmdRef, MsgRef }: Status): string {
    const words = `${printable(Data)} ${statusText(Data)}`;
    const painted = isSuccess(Data) ? this.#paint.good(words) : this.#paint.bad(words);
    const what = CmdRef === '0' ? Cmd : `${Cmd} ${CmdRef}`;
    return `${painted}  ${this.#paint.quiet(printable(`for ${what} of message ${MsgRef}`))}`;
  }

  #status(status: Status): void {
    for (const uri of status.TargetRef) this.#text('TargetRef', uri);
    for (const uri of status.SourceRef) this.#text('SourceRef', uri);
    this.#cred(status.Cred);
    if (status.Chal !== undefined) {
      const { Meta } = status.Chal;
      this.#branch('Chal', '', () => this.#meta(Meta));
    }
    for (const item of status.Items) this.#item(item);
  }

  #parts(command: Exclude<Command, { kind: 'Status' | 'Unknown' }>): void {
    if (command.kind === 'Results') {
      this.#text('TargetRef', command.TargetRef);
      this.#text('SourceRef', command.SourceRef);
    } else if (command.NoResp) this.#leaf('NoResp', '');
    this.#meta(command.Meta);
    if (command.kind === 'Alert' || command.kind === 'Exec') {
      this.#text('Correlator', command.Correlator);
    }
    if (command.kind === 'Atomic' || command.kind === 'Sequence') {
      for (const inner of command.commands) this.#command(inner);
    } else {
      for (const item of command.Items) this.#item(item);
    }
  }

  #item(item: Item): void {
    this.#branch('Item', '', () => {
      this.#location('Target', item.Target);
      this.#location('Source', item.Source);
      this.#meta(item.Meta);
      this.#data(item.Data);
      if (item.MoreData) this.#leaf('MoreData', '');
    });
  }

  #location(name: string, location: Location | undefined): void {
    if (location === undefined) return;
    const label = location.LocName === undefined ? '' : `  (${printable(location.LocName)})`;
    this.#leaf(name, `${printable(location.LocURI)}${label}`);
  }

  #cred(cred: Cred | undefined): void {
    if (cred === undefined) return;
    this.#branch('Cred', '', () => {
      this.#meta(cred.Meta);
      this.#data(cred.Data);
    });
  }

  /** One line: MetInf has nothing but leaves. */
  #meta(meta: Meta | undefined): void {
    if (meta === undefined) return;
    const words = Object.entries(meta).map(([name, value]) => {
      const text = value instanceof Uint8Array ? encodeBase64(value) : String(value);
      return `${name}=${printable(text)}`;
    });
    this.#leaf('Meta', words.join('  '));
  }

  #data(data: Data | undefined): void {
    if (data === undefined) return;
    if (typeof data !== 'string') {
      this.#leaf('Data', valueText(data));
      return;
    }
    const lines = data.split(/\r?\n/);
    if (lines.length === 1) this.#leaf('Data', valueText(data));
    else
      this.#branch('Data', '', () => {
        for (const line of lines) this.#line(printable(line));
      });
  }

  #text(name: string, value: string | undefined): void {
    if (value !== undefined) this.#leaf(name, printable(value));
  }

  #branch(name: string, text: string, children: () => void): void {
    this.#leaf(name, text);
    this.#depth += 1;
    children();
    this.#depth -= 1;
  }

  #leaf(name: string, text: string): void {
    this.#line(text === '' ? this.#paint.name(name) : `${this.#paint.name(name)} ${text}`);
  }

  #line(text: string): void {
    this.lines.push(`${'  '.repeat(this.#depth)}${text}`.trimEnd());
  }
}

/** Text in quotes, so that an empty one and blanks at its ends are seen; octets in hex with their number. */
export function valueText(value: Data): string {
  if (typeof value === 'string') return `"${printable(value)}"`;
  const rest = value.length > OCTETS_SHOWN_MAX ? '…' : '';
  return `${encodeHex(value.subarray(0, OCTETS_SHOWN_MAX))}${rest}  ${value.length} octets`;
}
