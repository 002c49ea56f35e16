/**
 * Whoever answers what servers ask the user: a display, a terminal, a voice. A UE without one answers 406.
 *
 * OMA-DMPRO 10. Given to the UE by the program that starts it.
 */
import type { Answer, Question } from '@ueprov/protocols/dm';

export interface UserInterface {
  /**
   * Puts a question, and gives the user's answer, for which `isAnswerTo` is true. `signal` says that it is not wanted any
   * more: the question is to disappear. A rejection counts as cancelled.
   */
  readonly ask: (question: Question, signal: AbortSignal) => Promise<Answer>;
}
