// UE-1 to UE-3 of PKT-SP-UE-PROV 6.7 with the engines that the UE and the notifier use, through the lab's core.

import type { Timeout } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import {
  encodePackage0,
  notificationRequest,
  receiveNotification,
  verifyPackage0,
} from '@ueprov/protocols/push';
import {
  acceptsDmPush,
  contacts,
  decodeSip,
  encodeUri,
  headerOf,
  Registration,
  type RegistrationEffect,
  type RegistrationInput,
} from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { seededRandom } from './testing/endpoint.ts';
import { AS_URI, P_CSCF, world } from './testing/world.ts';

const HASH = syncmlHash('prov.home.example', 'srvpwd');
const NONCE = Uint8Array.of(1, 2, 3, 4);

/** Alice with the registration engine of a real UE in place of a script. */
function play(password = 'secret') {
  const all = world();
  const { alice, network } = all;
  const registration = new Registration({
    registrar: 'sip:home.example',
    identity: 'sip:alice@home.example',
    username: 'alice@home.example',
    password,
    contact: 'sip:alice@127.0.0.1:6001',
    instanceId: 'urn:uuid:00000000-0000-4000-8000-000000000001',
    random: seededRandom(7),
    expires: 3600,
  });
  const effects: RegistrationEffect[] = [];
  const drive = (input: RegistrationInput | Timeout): void => {
    for (const effect of registration.step(input, network.now)) {
      effects.push(effect);
      if (effect.kind !== 'send') continue;
      const response = alice.ask(effect.request, P_CSCF);
      if (response !== undefined) drive({ kind: 'response', response });
    }
  };
  const sent = () => effects.filter(({ kind }) => kind === 'send').length;
  return { ...all, registration, effects, drive, sent };
}

test('a UE registers, is woken by Package #0, and finds it authentic', () => {
  const { drive, effects, applicationServer, alice } = play();
  drive({ kind: 'register' });
  expect(effects.at(-1)).toMatchObject({ kind: 'registered' });

  const [told] = applicationServer.requests;
  const copy = decodeSip(told!.body);
  expect(acceptsDmPush(contacts(copy)[0]!)).toBe(true);
  const package0 = encodePackage0(
    { uiMode: 'background', initiator: 'server', SessionID: 0xa7, ServerID: 'prov.home.example' },
    HASH,
    NONCE,
  );
  const notification = notificationRequest({
    IMPU: headerOf(told!, 'To')!.slice(1, -1),
    from: AS_URI,
    fromTag: '1',
    callId: 'n',
    cSeq: 1,
    route: encodeUri(contacts(told!)[0]!.uri),
    package0,
  });
  const answer = applicationServer.ask(notification, { address: '127.0.0.1', port: 5061 });
  expect(answer?.status).toBe(200);

  const reception = receiveNotification(alice.requests[0]!);
  expect(reception).toMatchObject({ kind: 'package0', package0: { SessionID: 0xa7 } });
  if (reception.kind !== 'package0') return;
  expect(verifyPackage0(reception.package0, HASH, NONCE)).toBe('ok');
});

test('a UE refreshes by the nonce that it was given, and leaves', () => {
  const { drive, registration, network, lab, applicationServer, sent } = play();
  drive({ kind: 'register' });
  expect(sent()).toBe(2);
  network.run(registration.deadline! - network.now);
  drive({ kind: 'timeout' });
  expect(sent()).toBe(3);
  expect(lab.sCscf.registrations[0]?.bindings[0]?.expiresAt).toBe(network.now + 3_600_000);
  drive({ kind: 'deregister' });
  expect(lab.sCscf.registrations).toEqual([]);
  const told = applicationServer.requests.map((each) => headerOf(each, 'Expires'));
  expect(told).toEqual(['3600', '3600', '0']);
});

test('a UE with a wrong password asks twice, and not again for a long time', () => {
  const { drive, effects, sent, applicationServer, network } = play('wrong');
  drive({ kind: 'register' });
  expect(sent()).toBe(2);
  expect(effects.at(-1)).toMatchObject({ kind: 'failed', status: 403 });
  const failed = effects.at(-1);
  const retryAt = failed?.kind === 'failed' ? (failed.retryAt ?? 0) : 0;
  expect(retryAt - network.now).toBeGreaterThan(600_000);
  expect(applicationServer.requests).toEqual([]);
});
