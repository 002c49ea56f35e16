/** What UE-1 has beyond the binding: flows (RFC 5626), GRUUs, protection, other proxies, the network's own decisions. */
import { describe, expect, test } from 'vitest';
import { contacts, headerOf, headersOf, parameterValue } from './message/index.ts';
import { BACK_OFF } from './registration-timing.ts';
import { agreementOf, MECHANISM_COUNT_MAX } from './security-agreement.ts';
import {
  answer,
  challenge,
  credentialsOf,
  OPTIONS,
  ok,
  registered,
  registration,
  sent,
} from './testing/register.ts';

const INSTANCE = `+sip.instance="<${OPTIONS.instanceId}>"`;

describe('a flow (RFC 5626)', () => {
  test('is asked for with reg-id, ob and the option tag [SIPPUSH RFC5626.4.2-1] [SIPPUSH RFC5626.4.3-1]', () => {
    const request = sent(registration({ regId: 1 }).step({ kind: 'register' }, 0));
    expect(headerOf(request, 'Contact')).toContain('<sip:alice@192.0.2.7:5060;ob>;+sip.instance=');
    expect(parameterValue(contacts(request)[0]!, 'reg-id')).toBe('1');
    expect(headerOf(request, 'Supported')).toBe('path, gruu, outbound');
  });

  test('is there if the 200 says so, with its timer [SIPPUSH RFC5626.4.2-1]', () => {
    const bound = (...names: string[]) => {
      const engine = registration({ regId: 1 });
      const request = sent(engine.step({ kind: 'register' }, 0));
      const headers = names.map((name) => ({
        name,
        value: name === 'Require' ? 'outbound' : '120',
      }));
      return engine.step(ok(request, 3600, ...headers), 0)[0];
    };
    expect(bound('Require', 'Flow-Timer')).toMatchObject({ isOutbound: true, flowTimer: 120 });
    expect(bound('Require')).toMatchObject({ isOutbound: true });
    expect(bound('Flow-Timer')).toMatchObject({ isOutbound: false });
    expect(bound('Flow-Timer')).not.toHaveProperty('flowTimer');
  });

  test('of the bindings of one instance ours is the one of our flow', () => {
    const engine = registration({ regId: 2 });
    const request = sent(engine.step({ kind: 'register' }, 0));
    const value =
      `<sip:alice@192.0.2.7:5060;ob>;${INSTANCE};reg-id=1;expires=60,` +
      `<sip:alice@192.0.2.7:5060;ob>;${INSTANCE};reg-id=2;expires=90`;
    expect(engine.step(answer(request, 200, { name: 'Contact', value }), 0)).toMatchObject([
      { kind: 'registered', expiresAt: 90_000 },
    ]);
  });

  test('that is lost is made anew after 15 s to 30 s, and not by all UEs at once [SIPPUSH RFC5626.4.5-1]', () => {
    const engine = registered();
    expect(engine.step({ kind: 'flowLost' }, 1000)).toMatchObject([
      { kind: 'failed', isRefused: false, retryAt: 31_000 },
    ]);
    expect(sent(engine.step({ kind: 'timeout' }, 31_000))).toBeDefined();
    const other = registration({ random: (length) => new Uint8Array(length) });
    other.step(ok(sent(other.step({ kind: 'register' }, 0)), 3600), 0);
    other.step({ kind: 'flowLost' }, 0);
    expect(other.deadline).toBe(BACK_OFF.baseMs / 2);
  });

  test('the bounds of the wait are the operator’s', () => {
    const engine = registration({ backOff: { baseMs: 1000, maxMs: 4000 } });
    const waits: number[] = [];
    let request = sent(engine.step({ kind: 'register' }, 0));
    for (let at = 0; waits.length < 4; ) {
      engine.step(answer(request, 503), at);
      waits.push(engine.deadline! - at);
      at = engine.deadline!;
      request = sent(engine.step({ kind: 'timeout' }, at));
    }
    expect(waits).toEqual([2000, 4000, 4000, 4000]);
  });
});

test('GRUUs of our contact are given on, those of others are not (RFC 5627)', () => {
  const engine = registration();
  const request = sent(engine.step({ kind: 'register' }, 0));
  const value =
    '<sip:alice@192.0.2.9>;pub-gruu="sip:alice@home.example;gr=other";expires=60,' +
    `<sip:alice@192.0.2.7:5060>;${INSTANCE};pub-gruu="sip:alice@home.example;gr=mine"` +
    ';temp-gruu="sip:tgruu.7@home.example;gr";expires=60';
  expect(engine.step(answer(request, 200, { name: 'Contact', value }), 0)).toMatchObject([
    {
      kind: 'registered',
      pubGruu: 'sip:alice@home.example;gr=mine',
      tempGruu: 'sip:tgruu.7@home.example;gr',
    },
  ]);
});

test('a GRUU that is no SIP URI is no registration (AC-29)', () => {
  const engine = registration();
  const request = sent(engine.step({ kind: 'register' }, 0));
  const value = `<sip:alice@192.0.2.7:5060>;pub-gruu="http://evil.example/";expires=60`;
  expect(engine.step(answer(request, 200, { name: 'Contact', value }), 0)).toMatchObject([
    { kind: 'failed' },
  ]);
});

describe('another proxy (RFC 3263 §4.3)', () => {
  test('gets the REGISTER that the first did not answer, with the next CSeq', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(engine.step({ kind: 'elsewhere' }, 32_000));
    expect(headerOf(second, 'CSeq')).not.toBe(headerOf(first, 'CSeq'));
    expect(headerOf(second, 'Call-ID')).toBe(headerOf(first, 'Call-ID'));
    expect(engine.step(ok(second, 3600), 32_000)).toMatchObject([{ kind: 'registered' }]);
  });

  test('also when the UE leaves', () => {
    const engine = registered();
    engine.step({ kind: 'deregister' }, 0);
    expect(headerOf(sent(engine.step({ kind: 'elsewhere' }, 0)), 'Expires')).toBe('0');
  });

  test('nobody is asked when nothing is out', () => {
    expect(registered().step({ kind: 'elsewhere' }, 0)).toEqual([]);
  });
});

describe('the network takes the registration back (RFC 3680 §4.1.1, TS 24.229 5.1.1.7)', () => {
  test('deactivated: a new one is wanted at once', () => {
    const engine = registered();
    expect(engine.step({ kind: 'deactivated' }, 5000)).toEqual([
      { kind: 'deregistered', reason: 'deactivated' },
    ]);
    expect(engine.deadline).toBe(5000);
    expect(sent(engine.step({ kind: 'timeout' }, 5000))).toBeDefined();
  });

  test('probation: after the time it says', () => {
    const engine = registered();
    engine.step({ kind: 'deactivated', retryAfter: 60 }, 5000);
    expect(engine.deadline).toBe(65_000);
  });

  test('rejected: none is wanted', () => {
    const engine = registered();
    expect(engine.step({ kind: 'rejected' }, 0)).toMatchObject([
      { kind: 'deregistered', reason: 'rejected' },
      { kind: 'failed', isRefused: true },
    ]);
    expect(engine.state).toBe('Refused');
  });
});

describe('protection of SIP (RFC 3329)', () => {
  const OFFER = { name: 'Security-Server', value: 'ipsec-3gpp;q=0.5;alg=x, tls;q=0.2;port-s=5071' };

  test('is asked for, with what makes a proxy that cannot say so [SIPPUSH RFC3329.2.3.1-1]', () => {
    const request = sent(registration({ wantsProtection: true }).step({ kind: 'register' }, 0));
    expect(headerOf(request, 'Security-Client')).toBe('tls');
    expect(headerOf(request, 'Require')).toBe('sec-agree');
    expect(headerOf(request, 'Proxy-Require')).toBe('sec-agree');
    const plain = sent(registration().step({ kind: 'register' }, 0));
    expect(headerOf(plain, 'Security-Client')).toBeUndefined();
    expect(headerOf(plain, 'Require')).toBeUndefined();
  });

  test('an offer in the 401 is taken before the answer leaves, and given back as it came [SIPPUSH RFC3329.2.3.1-2]', () => {
    const engine = registration({ wantsProtection: true });
    const first = sent(engine.step({ kind: 'register' }, 0));
    const { kind, response } = challenge(first);
    const offered = { ...response, headers: [...response.headers, OFFER] };
    const effects = engine.step({ kind, response: offered }, 0);
    expect(effects.map((effect) => effect.kind)).toEqual(['protect', 'send']);
    expect(effects[0]).toEqual({ kind: 'protect', port: 5071 });
    const second = sent(effects);
    expect(headersOf(second, 'Security-Verify')).toEqual([OFFER.value]);
    expect(headerOf(second, 'Security-Client')).toBe('tls');
    expect(credentialsOf(second).nonce).toBe('n1');
  });

  test('an offer alone (494) is taken too', () => {
    const engine = registration({ wantsProtection: true });
    const first = sent(engine.step({ kind: 'register' }, 0));
    const effects = engine.step(answer(first, 494, { ...OFFER, value: 'tls' }), 0);
    expect(effects[0]).toEqual({ kind: 'protect' });
    expect(headerOf(sent(effects), 'Security-Verify')).toBe('tls');
    // Once: a proxy that goes on offering has not understood.
    expect(engine.step(answer(sent(effects), 494, OFFER), 0)).toMatchObject([{ kind: 'failed' }]);
  });

  test('a network that knows nothing of it has the last word', () => {
    const engine = registration({ wantsProtection: true });
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(
      engine.step(answer(first, 420, { name: 'Unsupported', value: 'sec-agree' }), 0),
    );
    expect(headerOf(second, 'Security-Client')).toBeUndefined();
    expect(headerOf(second, 'Require')).toBeUndefined();
    expect(engine.step(ok(second, 3600), 0)).toMatchObject([{ kind: 'registered' }]);
  });

  test('a 420 for another reason is a refusal', () => {
    const engine = registration({ wantsProtection: true });
    const first = sent(engine.step({ kind: 'register' }, 0));
    expect(
      engine.step(answer(first, 420, { name: 'Unsupported', value: 'path' }), 0),
    ).toMatchObject([{ kind: 'failed', isRefused: true }]);
  });

  test('another proxy is asked anew', () => {
    const engine = registration({ wantsProtection: true });
    const first = sent(engine.step({ kind: 'register' }, 0));
    engine.step(answer(first, 494, OFFER), 0);
    const elsewhere = sent(engine.step({ kind: 'elsewhere' }, 0));
    expect(headersOf(elsewhere, 'Security-Verify')).toEqual([]);
    expect(headerOf(elsewhere, 'Security-Client')).toBe('tls');
  });

  test('only so many mechanisms are looked at', () => {
    const offered = (count: number) => {
      const value = [...Array(count).fill('digest'), 'tls'].join(', ');
      const request = sent(registration().step({ kind: 'register' }, 0));
      return agreementOf(answer(request, 494, { name: 'Security-Server', value }).response);
    };
    expect(offered(MECHANISM_COUNT_MAX - 1)).toBeDefined();
    expect(offered(MECHANISM_COUNT_MAX)).toBeUndefined();
  });
});
