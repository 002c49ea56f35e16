/**
 * A fault put into one of our engines, to try the kit with: at least one case has to catch it.
 *
 * A mutant wraps methods of the engines' own classes for as long as it is applied, so that the whole UE and the whole
 * Provisioning Server have the fault, whatever is inside those classes. A new one is one entry of a list.
 */
import type { SyncML } from '@ueprov/protocols/syncml';
import type { Setting } from '../conformance/case.ts';

export interface Mutant<Bench> {
  readonly id: string;
  /** What is wrong with it, as a sentence about our side. */
  readonly fault: string;
  /** Cases or rows that it is tried with. */
  readonly tries: readonly string[];
  readonly setting?: Setting;
  /** Puts the fault in; gives what takes it out again. */
  readonly apply: (bench: Bench) => () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: the arguments of a method that is wrapped whatever they are
type Method = (this: any, ...args: any[]) => any;

/** Replaces a method of a class until the returned function is called. */
export function wrap<Prototype extends object>(
  prototype: Prototype,
  name: keyof Prototype & string,
  around: (original: Method) => Method,
): () => void {
  const original = Reflect.get(prototype, name) as Method;
  Reflect.set(prototype, name, around(original));
  return () => void Reflect.set(prototype, name, original);
}

export type Rewrite = (message: SyncML) => SyncML;

/** A message with other commands. */
export function withCommands(
  message: SyncML,
  change: (commands: SyncML['SyncBody']['commands']) => SyncML['SyncBody']['commands'],
): SyncML {
  const { SyncBody } = message;
  return { ...message, SyncBody: { ...SyncBody, commands: change(SyncBody.commands) } };
}

/** A message with another header. */
export function withHeader(message: SyncML, change: Partial<SyncML['SyncHdr']>): SyncML {
  return { ...message, SyncHdr: { ...message.SyncHdr, ...change } };
}

/** Gives another code where `from` would be given to a command of that name. */
export function lie(Cmd: string, from: readonly string[] | undefined, to: string): Rewrite {
  return (message) =>
    withCommands(message, (commands) =>
      commands.map((each) => {
        const isMeant =
          each.kind === 'Status' && each.Cmd === Cmd && (from?.includes(each.Data) ?? true);
        return isMeant ? { ...each, Data: to } : each;
      }),
    );
}

/** Leaves commands out. */
export function without(
  isOut: (command: SyncML['SyncBody']['commands'][number]) => boolean,
): Rewrite {
  return (message) => withCommands(message, (all) => all.filter((each) => !isOut(each)));
}
