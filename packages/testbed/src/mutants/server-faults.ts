/** The ways in which a fault gets into our DM server: what it says, what it hears, its HTTP. */
import http from 'node:http';
import { DmServer, type DmServerEffect, type DmServerInput } from '@ueprov/protocols/dm';
import type { Command, SyncML } from '@ueprov/protocols/syncml';
import type { ServerBench } from '../server/bench.ts';
import { type Mutant, type Rewrite, withCommands, without, wrap } from './mutant.ts';

export type ServerMutant = Mutant<ServerBench>;

function entry(id: string, fault: string, tries: string) {
  return { id, fault, tries: tries.split(' ') };
}

/** Every reply of the server is changed. */
export function says(id: string, fault: string, tries: string, rewrite: Rewrite): ServerMutant {
  const apply = () =>
    wrap(DmServer.prototype, 'step', (original) => {
      return function (...args) {
        const effects: DmServerEffect[] = original.apply(this, args);
        return effects.map((effect) =>
          effect.kind === 'reply' ? { ...effect, message: rewrite(effect.message) } : effect,
        );
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** Every message that the server takes is changed. */
export function hears(id: string, fault: string, tries: string, rewrite: Rewrite): ServerMutant {
  const apply = () =>
    wrap(DmServer.prototype, 'step', (original) => {
      return function (input: DmServerInput, ...more) {
        const heard =
          input.kind === 'message' ? { ...input, message: rewrite(input.message) } : input;
        return original.apply(this, [heard, ...more]);
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** Status or headers of every HTTP answer are changed. */
export function answers(
  id: string,
  fault: string,
  tries: string,
  change: (status: number, response: http.ServerResponse) => number,
): ServerMutant {
  const apply = () =>
    wrap(http.ServerResponse.prototype, 'writeHead', (original) => {
      return function (status: number, ...more) {
        const bare = more.filter((each) => typeof each === 'object' && each !== null);
        for (const [key, value] of Object.entries(bare[0] ?? {})) this.setHeader(key, value);
        return original.call(this, change(status, this));
      };
    });
  return { ...entry(id, fault, tries), apply };
}

/** Something about every HTTP request is taken for something else. */
export function requested(
  id: string,
  fault: string,
  tries: string,
  change: (request: http.IncomingMessage) => void,
): ServerMutant {
  const apply = () =>
    wrap(http.Server.prototype, 'emit', (original) => {
      return function (event: string, ...args) {
        if (event === 'request') change(args[0]);
        return original.call(this, event, ...args);
      };
    });
  return { ...entry(id, fault, tries), apply };
}

export const GET: Command = {
  kind: 'Get',
  CmdID: '97',
  Items: [{ Target: { LocURI: './DevInfo/Man' } }],
};

export function appended(...more: readonly Command[]): Rewrite {
  return (message) => withCommands(message, (all) => [...all, ...more]);
}

const withoutAbort = without((each) => each.kind === 'Alert' && each.Data === '1223');

/** A server that ends no session of its own accord. */
export function endless(id: string, fault: string, tries: string, rewrite: Rewrite): ServerMutant {
  const apply = () =>
    wrap(DmServer.prototype, 'step', (original) => {
      const last = new WeakMap<object, SyncML>();
      return function (...args) {
        const before = last.get(this);
        let effects: DmServerEffect[];
        try {
          effects = original.apply(this, args);
        } catch (error) {
          // The session is over, which this one does not know.
          if (before === undefined) throw error;
          return [{ kind: 'reply', message: appended(GET)(withoutAbort(before)) }];
        }
        const reply = effects.find((effect) => effect.kind === 'reply');
        if (reply !== undefined) last.set(this, reply.message);
        return effects
          .filter(({ kind }) => kind !== 'ended')
          .map((effect) =>
            effect.kind === 'reply'
              ? { ...effect, message: rewrite(withoutAbort(effect.message)) }
              : effect,
          );
      };
    });
  return { ...entry(id, fault, tries), apply };
}
