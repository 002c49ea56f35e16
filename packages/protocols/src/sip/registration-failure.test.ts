/** What the registration does when the network cannot or will not, and when the UE leaves. */
import { describe, expect, test } from 'vitest';
import { contacts, headerOf, parameterValue } from './message/index.ts';
import { RAISE_MAX } from './registration-outcome.ts';
import { backOffMs, REFUSED_BACK_OFF } from './registration-timing.ts';
import {
  answer,
  challenge,
  OPTIONS,
  ok,
  registered,
  registration,
  sent,
} from './testing/register.ts';

describe('failures', () => {
  test('423: once more with Min-Expires, which is kept [SIPPUSH RFC3261.10.2.8-1]', () => {
    const engine = registration({ expires: 60 });
    const first = sent(engine.step({ kind: 'register' }, 0));
    const input = answer(first, 423, { name: 'Min-Expires', value: '3600' });
    const second = sent(engine.step(input, 0));
    expect(headerOf(second, 'Expires')).toBe('3600');
    expect(parameterValue(contacts(second)[0]!, 'expires')).toBe('3600');
  });

  test('423 without sense, or again and again, is a failure', () => {
    const engine = registration({ expires: 60 });
    let request = sent(engine.step({ kind: 'register' }, 0));
    const brief = (value: number) =>
      answer(request, 423, { name: 'Min-Expires', value: String(value) });
    for (let round = 1; round <= RAISE_MAX; round++) {
      request = sent(engine.step(brief(60 + round), 0));
    }
    expect(engine.step(brief(100), 0)).toMatchObject([{ kind: 'failed', status: 423 }]);
    const other = registration({ expires: 60 });
    request = sent(other.step({ kind: 'register' }, 0));
    expect(other.step(brief(60), 0)).toMatchObject([{ kind: 'failed', status: 423 }]);
  });

  test.each([403, 404, 420, 604])('%i: no unchanged retry soon, but one', (status) => {
    const engine = registration();
    const request = sent(engine.step({ kind: 'register' }, 0));
    const [effect] = engine.step(answer(request, status), 0);
    expect(effect).toMatchObject({ kind: 'failed', status, isRefused: true });
    expect(engine.deadline).toBe(REFUSED_BACK_OFF.baseMs);
    // Somebody may ask for a new try at once.
    expect(sent(engine.step({ kind: 'register' }, 1))).toBeDefined();
  });

  test('a network that does not want the UE is asked again after waits that double to a day', () => {
    const engine = registration();
    const hours: number[] = [];
    let request = sent(engine.step({ kind: 'register' }, 0));
    for (let at = 0; hours.length < 8; at = engine.deadline!) {
      if (at > 0) request = sent(engine.step({ kind: 'timeout' }, at));
      engine.step(answer(request, 403), at);
      hours.push((engine.deadline! - at) / 3_600_000);
    }
    expect(hours).toEqual([0.5, 1, 2, 4, 8, 16, 24, 24]);
    // Who puts it right need not restart the UE, and the next refusal is the first again.
    request = sent(engine.step({ kind: 'register' }, 0));
    engine.step(ok(request, 3600), 0);
    request = sent(engine.step({ kind: 'register' }, 0));
    engine.step(answer(request, 403), 0);
    expect(engine.deadline).toBe(REFUSED_BACK_OFF.baseMs);
  });

  test('480, 500, 503 and silence are tried again, after waits that double to 30 min', () => {
    const engine = registration();
    const waits: number[] = [];
    let at = 0;
    let request = sent(engine.step({ kind: 'register' }, at));
    for (const status of [480, 500, 503, undefined, 504, 408, 503, 503]) {
      const input =
        status === undefined
          ? ({ kind: 'unanswered', reason: 'timeout' } as const)
          : answer(request, status);
      const [effect] = engine.step(input, at);
      expect(effect).toMatchObject({ kind: 'failed', retryAt: engine.deadline });
      waits.push((engine.deadline! - at) / 1000);
      at = engine.deadline!;
      request = sent(engine.step({ kind: 'timeout' }, at));
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1800, 1800, 1800]);
  });

  test('the wait is random, between half and all of the bound [SIPPUSH RFC5626.4.5-1]', () => {
    const least = (length: number) => new Uint8Array(length);
    expect(backOffMs(1, least)).toBe(30_000);
    expect(backOffMs(1, OPTIONS.random)).toBe(60_000);
    expect(backOffMs(1000, least)).toBe(900_000);
  });

  test('a success starts the doubling anew', () => {
    const engine = registered();
    for (const at of [3_000_000, 3_160_000]) {
      const refresh = sent(engine.step({ kind: 'timeout' }, at));
      engine.step(answer(refresh, 503), at);
      expect(engine.deadline).toBe(at + 60_000);
      const retry = sent(engine.step({ kind: 'timeout' }, at + 60_000));
      engine.step(ok(retry, 200), at + 60_000);
      expect(engine.deadline).toBe(at + 160_000);
    }
  });

  test('who asks need not wait, and the wait is over then', () => {
    const engine = registration();
    const request = sent(engine.step({ kind: 'register' }, 0));
    engine.step(answer(request, 503), 0);
    expect(sent(engine.step({ kind: 'register' }, 1))).toBeDefined();
    expect(engine.deadline).toBeUndefined();
  });

  test('Retry-After is honoured where it is longer', () => {
    for (const [value, wait] of [
      ['7200 (maintenance)', 7_200_000],
      ['1', 60_000],
    ] as const) {
      const engine = registration();
      const request = sent(engine.step({ kind: 'register' }, 0));
      engine.step(answer(request, 503, { name: 'Retry-After', value }), 0);
      expect(engine.deadline).toBe(wait);
    }
  });
});

describe('leaving', () => {
  test('removes the binding with expires=0, answering a challenge if need be [SIPPUSH RFC3261.10.2.2-1] [SIPPUSH TS24229.5.1.1.6-1]', () => {
    const engine = registered();
    const request = sent(engine.step({ kind: 'deregister' }, 10));
    expect(headerOf(request, 'Expires')).toBe('0');
    expect(parameterValue(contacts(request)[0]!, 'expires')).toBe('0');
    const again = sent(engine.step(challenge(request, { nonce: 'n5' }), 20));
    expect(headerOf(again, 'Expires')).toBe('0');
    expect(engine.step(answer(again, 200), 30)).toEqual([
      { kind: 'deregistered', reason: 'requested' },
    ]);
    expect(engine.deadline).toBeUndefined();
  });

  test.each([423, 403, 503])('is done whatever the network answers (%i)', (status) => {
    const engine = registered();
    const request = sent(engine.step({ kind: 'deregister' }, 10));
    const input = answer(request, status, { name: 'Min-Expires', value: '3600' });
    expect(engine.step(input, 20)).toEqual([{ kind: 'deregistered', reason: 'requested' }]);
  });

  test('waits for the REGISTER that is out [SIPPUSH RFC3261.10.2-2]', () => {
    const engine = registration();
    const request = sent(engine.step({ kind: 'register' }, 0));
    expect(engine.step({ kind: 'deregister' }, 1)).toEqual([]);
    expect(headerOf(sent(engine.step(ok(request, 60), 2)), 'Expires')).toBe('0');
  });

  test.each(['register', 'registered'])('is done even if nobody answers (%s)', (from) => {
    const engine = from === 'register' ? registration() : registered();
    engine.step({ kind: from === 'register' ? 'register' : 'deregister' }, 1);
    engine.step({ kind: 'deregister' }, 2);
    expect(engine.step({ kind: 'unanswered', reason: 'timeout' }, 32_000)).toEqual([
      { kind: 'deregistered', reason: 'requested' },
    ]);
    expect(engine.state).toBe('Unregistered');
  });
});
