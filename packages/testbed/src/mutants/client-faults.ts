/** The ways in which a fault gets into our DM client: what it says, what it hears, its tree, its HTTP, its SIP. */
import http from 'node:http';
import { DmClient, type DmClientEffect, type DmClientInput } from '@ueprov/protocols/dm';
import { LOCAL, Tree } from '@ueprov/protocols/dm/tree';
import { type LayerEffect, type SipRequest, TransactionLayer } from '@ueprov/protocols/sip';
import type { Command, SyncML } from '@ueprov/protocols/syncml';
import type { ClientBench } from '../client/bench.ts';
import { type Mutant, type Rewrite, withCommands, wrap } from './mutant.ts';

export type ClientMutant = Mutant<ClientBench>;
type Entry = Omit<ClientMutant, 'apply'>;

/** `tries` of `GET-1.1 GET-1.2`. */
function entry(id: string, fault: string, tries: string): Entry {
  return { id, fault, tries: tries.split(' ') };
}

/** Every message that the client sends is changed. */
export function says(id: string, fault: string, tries: string, rewrite: Rewrite): ClientMutant {
  const apply = () =>
    wrap(DmClient.prototype, 'step', (original) => {
      return function (...args) {
        const effects: DmClientEffect[] = original.apply(this, args);
        return effects.map((effect) =>
          effect.kind === 'send' ? { ...effect, message: rewrite(effect.message) } : effect,
        );
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** Every message that the client takes is changed. */
export function hears(id: string, fault: string, tries: string, rewrite: Rewrite): ClientMutant {
  const apply = () =>
    wrap(DmClient.prototype, 'step', (original) => {
      return function (input: DmClientInput, ...more) {
        const heard =
          input.kind === 'message' ? { ...input, message: rewrite(input.message) } : input;
        return original.apply(this, [heard, ...more]);
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** Where the session would end, a message is sent; `last` is the one before. */
export function goesOn(
  id: string,
  fault: string,
  tries: string,
  message: (last: SyncML, bench: ClientBench) => SyncML,
): ClientMutant {
  const apply = (bench: ClientBench) => {
    const sent = new WeakMap<object, Extract<DmClientEffect, { kind: 'send' }>>();
    return wrap(DmClient.prototype, 'step', (original) => {
      return function (input: DmClientInput, ...more) {
        const effects: DmClientEffect[] = original.apply(this, [input, ...more]);
        const before = sent.get(this);
        const said = effects.find((effect) => effect.kind === 'send');
        if (said !== undefined) sent.set(this, said);
        if (before === undefined || said !== undefined || input.kind !== 'message') return effects;
        const MsgID = String(Number(before.message.SyncHdr.MsgID) + 1);
        const next = message(before.message, bench);
        const again = { ...before, message: { ...next, SyncHdr: { ...next.SyncHdr, MsgID } } };
        sent.set(this, again);
        return [...effects.filter(({ kind }) => kind !== 'ended'), again];
      };
    });
  };
  return { ...entry(id, fault, tries), apply };
}

export type TreeCommand = 'get' | 'add' | 'replace' | 'delete';
type Outcome = ReturnType<Tree['get']>;

/** One operation of the tree gives something else; `outcome` is what it would give. */
export function tree(
  id: string,
  fault: string,
  tries: string,
  command: TreeCommand,
  // biome-ignore lint/suspicious/noExplicitAny: outcomes of four methods
  change: (call: { uri: string; tree: Tree; args: any[]; run: (...args: any[]) => any }) => any,
): ClientMutant {
  const apply = () =>
    wrap(Tree.prototype, command, (original) => {
      return function (...args) {
        // What the device does for itself is not at fault.
        if (args.includes(LOCAL)) return original.apply(this, args);
        const run = (...other: unknown[]): Outcome => original.apply(this, other);
        return change({ uri: args[0], tree: this, args, run });
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** An operation that asks for no rights. */
export function asDevice(id: string, tries: string, command: TreeCommand): ClientMutant {
  const fault = `${command} is carried out whoever asks`;
  return tree(id, fault, tries, command, ({ args, run, tree: all }) => {
    const local = args.map((arg) => (typeof arg === 'string' && arg !== args[0] ? LOCAL : arg));
    return run.apply(all, local);
  });
}

/** An operation that answers one code where it should answer another. */
export function treeLie(
  id: string,
  fault: string,
  tries: string,
  command: TreeCommand,
  from: number,
  to: number,
): ClientMutant {
  return tree(id, fault, tries, command, ({ args, run }) => {
    const outcome = run(...args);
    if (outcome.ok || outcome.status !== from) return outcome;
    if (to !== 200) return { ...outcome, status: to };
    return { ok: true, value: { Format: 'chr', Type: 'text/plain', Data: 'mutant' } };
  });
}

/** A header of the client's requests is changed, or left out for `undefined`. */
export function header(
  id: string,
  fault: string,
  tries: string,
  name: string,
  change: (value: string) => string | undefined,
): ClientMutant {
  const apply = () =>
    wrap(http.ClientRequest.prototype, 'setHeader', (original) => {
      return function (key: string, value: string) {
        if (key.toLowerCase() !== name) return original.call(this, key, value);
        const other = change(value);
        return other === undefined ? this : original.call(this, key, other);
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** An answer with this about it is taken for a broken connection. */
export function deaf(
  id: string,
  fault: string,
  tries: string,
  isRefused: (response: http.IncomingMessage) => boolean,
): ClientMutant {
  const apply = () =>
    wrap(http.ClientRequest.prototype, 'emit', (original) => {
      return function (event: string, ...args) {
        if (event !== 'response' || !isRefused(args[0])) return original.call(this, event, ...args);
        this.destroy(new Error('the mutant takes no such answer'));
        return true;
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** A MESSAGE arrives as another one, or not at all. */
export function notified(
  id: string,
  fault: string,
  tries: string,
  change: (request: SipRequest, bench: ClientBench) => SipRequest | undefined,
): ClientMutant {
  const apply = (bench: ClientBench) =>
    wrap(TransactionLayer.prototype, 'step', (original) => {
      return function (...args) {
        const effects: LayerEffect[] = original.apply(this, args);
        return effects.flatMap((effect) => {
          if (effect.kind !== 'request' || effect.request.method !== 'MESSAGE') return [effect];
          const request = change(effect.request, bench);
          return request === undefined ? [] : [{ ...effect, request }];
        });
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** Changes every command of the server's messages, also those inside others. */
export function eachCommand(change: (command: Command) => Command): Rewrite {
  const deep = (command: Command): Command => {
    const changed = change(command);
    return 'commands' in changed ? { ...changed, commands: changed.commands.map(deep) } : changed;
  };
  return (message) => withCommands(message, (commands) => commands.map(deep));
}
