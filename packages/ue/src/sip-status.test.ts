import { expect, test } from 'vitest';
import { bootstrapTree } from './bootstrap.ts';
import { sipNetworks } from './identity.ts';
import { noteRegistration } from './sip-status.ts';
import { sampleConfig } from './testing/sample-config.ts';

const IMPU = './PktcUsr/IMPU/1';
const PCSCF = './PktcUE/Op/1/PCSCF/1';

function noted() {
  const tree = bootstrapTree(sampleConfig(), 0);
  const [network] = sipNetworks(tree);
  const [identity] = network?.identities ?? [];
  if (identity === undefined) throw new Error('there is one');
  return { tree, identity, pCscf: network?.pCscfs[0] };
}

test.each([
  ['udp', '2'],
  ['tcp', '3'],
  ['tls', '4'],
] as const)('a registration over %s says so, and by which P-CSCF', (transport, UsedProtocol) => {
  const { tree, identity, pCscf } = noted();
  const target = { address: '192.0.2.1', port: 5060, transport };
  noteRegistration(tree, { kind: 'registered', identity, pCscf, target, isNew: true }, 0);
  expect(tree.text(`${IMPU}/OperStat`)).toBe('1');
  expect(tree.text(`${PCSCF}/UsedProtocol`)).toBe(UsedProtocol);
  expect(tree.text(`${PCSCF}/UsedAddr`)).toBe('192.0.2.1');
});

test('a refusal says why, in as much printable text as fits', () => {
  const { tree, identity } = noted();
  const words = `403 ${'\u00e4'.repeat(40)}`;
  noteRegistration(tree, { kind: 'failed', identity, words, isRefused: true }, 0);
  expect(tree.text(`${IMPU}/OperStat`)).toBe('2');
  expect(tree.text(`${IMPU}/OperStatInfo`)).toBe(`403 ${'?'.repeat(27)}`);
});

test('what has not changed is not written again', () => {
  const { tree, identity, pCscf } = noted();
  const target = { address: '192.0.2.1', port: 5060 };
  const effect = { kind: 'registered', identity, pCscf, target, isNew: true } as const;
  noteRegistration(tree, effect, 0);
  const { version } = tree;
  noteRegistration(tree, { ...effect, isNew: false }, 1);
  expect(tree.version).toBe(version);
});
