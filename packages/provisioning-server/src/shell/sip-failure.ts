/** A request that got no final answer: rejected with by whoever sends requests, told apart by whoever asked. */

const REASONS = {
  timeout: 'no answer within 32 s',
  transport: 'the core cannot be reached',
  closing: 'the server is closing',
} as const;

export class SipFailure extends Error {
  override readonly name = 'SipFailure';
  readonly reason: 'timeout' | 'transport';

  constructor(reason: keyof typeof REASONS, options?: ErrorOptions) {
    super(REASONS[reason], options);
    this.reason = reason === 'timeout' ? 'timeout' : 'transport';
  }
}
