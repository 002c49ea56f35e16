import { describe, expect, test } from 'vitest';
import {
  decodeDigestCredentials,
  encodeDigestChallenge,
  ha1,
  isValidResponse,
  rspauth,
} from '../digest/index.ts';
import { cSeq, type Header, headerOf } from './message/index.ts';
import { REGISTRATION_TRANSITIONS, type RegistrationEffect } from './registration-interface.ts';
import { CHALLENGE_ANSWER_MAX } from './registration-outcome.ts';
import { REFUSED_BACK_OFF, refreshAfterMs } from './registration-timing.ts';
import {
  answer,
  CHALLENGE,
  challenge,
  credentialsOf,
  HA1,
  OPTIONS,
  ok,
  registered,
  registration,
  sent,
} from './testing/register.ts';

test('its table', () => {
  const arrows = Object.entries(REGISTRATION_TRANSITIONS).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => `${from} --${event}--> ${to}`),
  );
  expect(arrows).toMatchInlineSnapshot(`
    [
      "Unregistered --register--> Registering",
      "Registering --challenge--> Registering",
      "Registering --tooBrief--> Registering",
      "Registering --agreed--> Registering",
      "Registering --noAgreement--> Registering",
      "Registering --elsewhere--> Registering",
      "Registering --success--> Registered",
      "Registering --refused--> Refused",
      "Registering --unavailable--> Waiting",
      "Registering --deregister--> Leaving",
      "Registering --timerExpiry--> Registering",
      "Registered --register--> Registering",
      "Registered --timerRefresh--> Registering",
      "Registered --flowLost--> Waiting",
      "Registered --deactivated--> Waiting",
      "Registered --rejected--> Refused",
      "Registered --deregister--> Deregistering",
      "Waiting --register--> Registering",
      "Waiting --timerRetry--> Registering",
      "Waiting --deregister--> Deregistering",
      "Waiting --timerExpiry--> Waiting",
      "Refused --register--> Registering",
      "Refused --timerRetry--> Registering",
      "Refused --deregister--> Unregistered",
      "Leaving --challenge--> Deregistering",
      "Leaving --tooBrief--> Deregistering",
      "Leaving --agreed--> Deregistering",
      "Leaving --noAgreement--> Deregistering",
      "Leaving --elsewhere--> Deregistering",
      "Leaving --success--> Deregistering",
      "Leaving --refused--> Unregistered",
      "Leaving --unavailable--> Unregistered",
      "Deregistering --challenge--> Deregistering",
      "Deregistering --agreed--> Deregistering",
      "Deregistering --noAgreement--> Deregistering",
      "Deregistering --elsewhere--> Deregistering",
      "Deregistering --success--> Unregistered",
      "Deregistering --refused--> Unregistered",
      "Deregistering --unavailable--> Unregistered",
    ]
  `);
});

describe('the first REGISTER', () => {
  test('goes to the home domain with identity, lifetime and what is supported [SIPPUSH TS24229.5.1.1.2-1]', () => {
    const request = sent(registration().step({ kind: 'register' }, 0));
    expect(request.uri).toBe('sip:home.example');
    expect(headerOf(request, 'To')).toBe('<sip:alice@home.example>');
    expect(headerOf(request, 'From')).toMatch(/^<sip:alice@home\.example>;tag=[0-9a-f]{16}$/);
    expect(headerOf(request, 'Expires')).toBe('600000');
    expect(headerOf(request, 'Supported')).toBe('path, gruu');
    expect(headerOf(request, 'Max-Forwards')).toBe('70');
  });

  test('has no Authorization, or one that names the private identity and proves nothing', () => {
    const silent = sent(registration().step({ kind: 'register' }, 0));
    expect(headerOf(silent, 'Authorization')).toBeUndefined();
    const announcing = registration({ announcesUsername: true });
    const request = sent(announcing.step({ kind: 'register' }, 0));
    expect(credentialsOf(request)).toEqual({
      username: 'alice-private@home.example',
      realm: 'home.example',
      nonce: '',
      uri: 'sip:home.example',
      response: '',
      algorithm: 'MD5',
    });
  });

  test('its Contact carries instance and the tags of Appendix I [R-6.7-3] [SIPPUSH OTA-5] [SIPPUSH RFC5626.4.1-1]', () => {
    const request = sent(registration().step({ kind: 'register' }, 0));
    expect(headerOf(request, 'Contact')).toBe(
      '<sip:alice@192.0.2.7:5060>' +
        ';+sip.instance="<urn:uuid:0c6f9d3e-0000-4000-8000-000000000001>"' +
        ';+g.3gpp.app_ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.omapush"' +
        ';+g.oma.pusheventapp="x-wap-application:syncml.dm"' +
        ';methods="MESSAGE";expires=600000',
    );
  });
});

describe('the challenge', () => {
  test('is answered with Digest MD5, and the next CSeq of the same Call-ID [R-6.7-2] [SIPPUSH RFC3261.10.2-1]', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(engine.step(challenge(first), 100));
    const credentials = credentialsOf(second);
    expect(credentials).toMatchObject({ nonce: 'n1', qop: 'auth', nc: '00000001' });
    expect(credentials.username).toBe('alice-private@home.example');
    expect(credentials.cnonce).toMatch(/^[0-9a-f]{16}$/);
    expect(isValidResponse(credentials, HA1, 'REGISTER')).toBe(true);
    expect(cSeq(second).number).toBe(cSeq(first).number + 1);
    expect(headerOf(second, 'Call-ID')).toBe(headerOf(first, 'Call-ID'));
  });

  test('a wrong password ends after one answer, with no next try soon', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(engine.step(challenge(first), 0));
    expect(engine.step(challenge(second, { nonce: 'n2' }), 0)).toEqual([
      {
        kind: 'failed',
        status: 401,
        reason: 'the credentials are not accepted',
        isRefused: true,
        retryAt: REFUSED_BACK_OFF.baseMs,
      },
    ]);
    expect(engine.state).toBe('Refused');
  });

  test('stale=true is answered again, but not for ever [SIPPUSH RFC2617.3.2-1]', () => {
    const engine = registration();
    let request = sent(engine.step({ kind: 'register' }, 0));
    for (let round = 1; round <= CHALLENGE_ANSWER_MAX; round++) {
      request = sent(engine.step(challenge(request, { nonce: `n${round}`, stale: true }), 0));
      expect(credentialsOf(request).nonce).toBe(`n${round}`);
    }
    expect(engine.step(challenge(request, { stale: true }), 0)).toMatchObject([{ kind: 'failed' }]);
  });

  test('a 407 is answered in Proxy-Authorization', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const value = encodeDigestChallenge(CHALLENGE);
    const input = answer(first, 407, { name: 'Proxy-Authenticate', value });
    const second = sent(engine.step(input, 0));
    const credentials = decodeDigestCredentials(headerOf(second, 'Proxy-Authorization')!);
    expect(isValidResponse(credentials, HA1, 'REGISTER')).toBe(true);
  });

  test('of several challenges the first that a password answers is taken', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const header = (value: string) => ({ name: 'WWW-Authenticate', value });
    const aka = encodeDigestChallenge({ ...CHALLENGE, algorithm: 'AKAv1-MD5' });
    const input = answer(
      first,
      401,
      header('Basic realm="home.example"'),
      header(aka),
      header(encodeDigestChallenge({ ...CHALLENGE, nonce: 'mine' })),
    );
    expect(credentialsOf(sent(engine.step(input, 0))).nonce).toBe('mine');
  });

  test('without one that it can answer, it is refused', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    expect(engine.step(answer(first, 401), 0)).toMatchObject([{ kind: 'failed', status: 401 }]);
  });
});

describe('the 200', () => {
  test('gives lifetime, Service-Route, Path and the associated identities [SIPPUSH TS24229.5.1.1.2-3]', () => {
    const engine = registration();
    const request = sent(engine.step({ kind: 'register' }, 0));
    const [effect] = engine.step(
      ok(
        request,
        3600,
        { name: 'Path', value: '<sip:pcscf.home.example;lr>' },
        { name: 'Service-Route', value: '<sip:a.home.example;lr>, <sip:b.home.example;lr>' },
        { name: 'P-Associated-URI', value: '<sip:alice@home.example>, <tel:+15550100>' },
      ),
      1000,
    );
    expect(effect).toMatchObject({
      kind: 'registered',
      expiresAt: 3_601_000,
      refreshAt: 3_001_000,
      associated: ['sip:alice@home.example', 'tel:+15550100'],
      serviceRoute: [{ uri: { host: 'a.home.example' } }, { uri: { host: 'b.home.example' } }],
      path: [{ uri: { host: 'pcscf.home.example' } }],
    });
  });

  test('the lifetime is that of our contact, then Expires, then what was asked [SIPPUSH RFC3261.10.2.4-1]', () => {
    const lifetime = (...headers: Header[]) => {
      const engine = registration();
      const request = sent(engine.step({ kind: 'register' }, 0));
      const [effect] = engine.step(answer(request, 200, ...headers), 0);
      return effect?.kind === 'registered' ? effect.expiresAt / 1000 : effect;
    };
    const header = (name: string, value: string) => ({ name, value });
    const others = '<sip:alice@192.0.2.9>;expires=60, <sip:alice@192.0.2.7:5060>;expires=1800';
    expect(lifetime(header('Contact', others), header('Expires', '90'))).toBe(1800);
    const instance = `<sip:moved@192.0.2.1>;+sip.instance="<${OPTIONS.instanceId}>";expires=70`;
    expect(lifetime(header('Contact', instance))).toBe(70);
    const bare = '<sip:alice@192.0.2.7:5060>';
    expect(lifetime(header('Contact', bare), header('Expires', '90'))).toBe(90);
    expect(lifetime()).toBe(600_000);
  });

  test.each([
    ['another contact only', '<sip:alice@192.0.2.9>;expires=60'],
    ['ours with expires=0', '<sip:alice@192.0.2.7:5060>;expires=0'],
    ['ours with an overflowing expires', '<sip:alice@192.0.2.7:5060>;expires=4294967296'],
  ])('with %s it is no registration', (_, value) => {
    const engine = registration();
    const request = sent(engine.step({ kind: 'register' }, 0));
    const [effect] = engine.step(answer(request, 200, { name: 'Contact', value }), 0);
    expect(effect).toMatchObject({ kind: 'failed', status: 200, retryAt: expect.any(Number) });
  });

  test('a wrong proof of the server is no registration, a right one is [SIPPUSH RFC2617.3.2-1]', () => {
    for (const [password, kind] of [
      ['secret', 'registered'],
      ['guessed', 'failed'],
    ] as const) {
      const engine = registration();
      const first = sent(engine.step({ kind: 'register' }, 0));
      const second = sent(engine.step(challenge(first), 0));
      const { uri, nonce, nc, cnonce } = credentialsOf(second);
      const proof = rspauth({
        ha1: ha1(OPTIONS.username, 'home.example', password),
        uri,
        nonce,
        qop: 'auth',
        nc: nc!,
        cnonce: cnonce!,
      });
      const info = { name: 'Authentication-Info', value: `rspauth="${proof}", qop=auth` };
      expect(engine.step(ok(second, 60, info), 0)).toMatchObject([{ kind }]);
    }
  });

  test('an answer to an older REGISTER, and a 100, change nothing', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    expect(engine.step(answer(first, 100), 0)).toEqual([]);
    const second = sent(engine.step(challenge(first), 0));
    expect(engine.step(ok(first, 60), 0)).toEqual([]);
    expect(engine.step(ok(second, 60), 0)).toMatchObject([{ kind: 'registered' }]);
  });
});

describe('the refresh', () => {
  test.each([
    [600_000, 599_400],
    [1201, 601],
    [1200, 600],
    [60, 30],
  ])('of %i s comes after %i s [SIPPUSH TS24229.5.1.1.4-1]', (expires, after) => {
    expect(refreshAfterMs(expires)).toBe(after * 1000);
    expect(registered(expires).deadline).toBe(after * 1000);
  });

  test('uses the nonce again, counting', () => {
    const engine = registered();
    const refresh = sent(engine.step({ kind: 'timeout' }, 3_000_000));
    const credentials = credentialsOf(refresh);
    expect(credentials).toMatchObject({ nonce: 'n1', nc: '00000002' });
    expect(isValidResponse(credentials, HA1, 'REGISTER')).toBe(true);
    expect(engine.step(ok(refresh, 3600), 3_000_000)).toMatchObject([
      { kind: 'registered', expiresAt: 6_600_000 },
    ]);
  });

  test('uses nextnonce if the 200 gave one [SIPPUSH RFC2617.3.2-1]', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(engine.step(challenge(first), 0));
    const info = { name: 'Authentication-Info', value: 'nextnonce="n9", qop=auth' };
    engine.step(ok(second, 3600, info), 0);
    const refresh = sent(engine.step({ kind: 'timeout' }, 3_000_000));
    expect(credentialsOf(refresh)).toMatchObject({ nonce: 'n9', nc: '00000001' });
  });

  test('may be challenged anew, without stale', () => {
    const engine = registered();
    const refresh = sent(engine.step({ kind: 'timeout' }, 3_000_000));
    const again = sent(engine.step(challenge(refresh, { nonce: 'n2' }), 3_000_000));
    expect(credentialsOf(again)).toMatchObject({ nonce: 'n2', nc: '00000001' });
  });

  test('that fails until the end loses the registration, and goes on trying', () => {
    const engine = registered();
    const effects: RegistrationEffect[] = [];
    for (let at = engine.deadline!; at <= 3_600_000; at = engine.deadline!) {
      effects.push(...engine.step({ kind: 'timeout' }, at));
      effects.push(...engine.step({ kind: 'unanswered', reason: 'timeout' }, at + 32_000));
    }
    expect(effects).toContainEqual({ kind: 'deregistered', reason: 'expired' });
    expect(engine.state).toBe('Waiting');
  });
});
