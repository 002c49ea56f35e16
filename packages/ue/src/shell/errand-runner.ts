/** Carries out what a session waits for: asks the user, runs actions. One question at a time is on the display. */
import { type Answer, isAnswerTo, type Question } from '@ueprov/protocols/dm';
import type { ErrandEffect, ErrandInput } from '../errands.ts';
import type { UserInterface } from '../user-interface.ts';
import type { Action } from '../vendor-object.ts';

export interface ErrandPorts {
  readonly user?: UserInterface | undefined;
  readonly actions?: ReadonlyMap<string, Action>;
  readonly onLog: (level: 'info' | 'warn' | 'error', text: string) => void;
}

export class ErrandRunner {
  readonly #ports: ErrandPorts;
  readonly #onDone: (input: ErrandInput) => void;
  #question: AbortController | undefined;

  constructor(ports: ErrandPorts, onDone: (input: ErrandInput) => void) {
    this.#ports = ports;
    this.#onDone = onDone;
  }

  run(errand: ErrandEffect): void {
    switch (errand.kind) {
      case 'ask':
        this.#ask(errand.ask, errand.question);
        return;
      case 'withdraw':
        this.#question?.abort();
        return;
      case 'exec':
        this.#exec(errand);
        return;
    }
  }

  /** Nobody waits any more. */
  close(): void {
    this.#question?.abort();
  }

  #ask(ask: number, question: Question): void {
    const { user } = this.#ports;
    const controller = new AbortController();
    this.#question = controller;
    const answered = user?.ask(question, controller.signal) ?? Promise.reject(new Error('no user'));
    answered.then(
      (answer) => this.#onDone({ kind: 'answered', ask, answer: this.#checked(question, answer) }),
      () => this.#onDone({ kind: 'answered', ask, answer: { kind: 'cancelled' } }),
    );
  }

  #checked(question: Question, answer: Answer): Answer {
    if (isAnswerTo(question, answer)) return answer;
    this.#ports.onLog('error', `${answer.kind} is no answer to a question of ${question.kind}`);
    return { kind: 'cancelled' };
  }

  #exec({ exec, place, order }: Extract<ErrandEffect, { kind: 'exec' }>): void {
    const { actions, onLog } = this.#ports;
    const { uri, Data, Correlator } = order;
    const given = {
      uri,
      ...(Data !== undefined && { Data }),
      ...(Correlator !== undefined && { Correlator }),
    };
    const run = actions?.get(place)?.run ?? (() => Promise.reject(new Error('no such action')));
    run(given).then(
      ({ status, Data: text }) =>
        this.#onDone({ kind: 'executed', exec, status, ...(text !== undefined && { text }) }),
      (error: unknown) => {
        onLog('error', `${place}: ${error instanceof Error ? error.message : error}`);
        this.#onDone({ kind: 'executed', exec, status: 500 });
      },
    );
  }
}
