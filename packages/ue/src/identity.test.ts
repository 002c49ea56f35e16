import { decodeHex } from '@ueprov/protocols';
import { LOCAL, type Tree } from '@ueprov/protocols/dm/tree';
import { expect, test } from 'vitest';
import { bootstrapTree } from './bootstrap.ts';
import { sipNetworks } from './identity.ts';
import { DOMAIN, P_CSCF, SIP_PASSWORD, sampleConfig, sampleSip } from './testing/sample-config.ts';

const bootstrapped = () => bootstrapTree(sampleConfig(), 0);
const ALICE = 'sip:alice@home.example';

function add(tree: Tree, leaves: Record<string, string>): Tree {
  for (const [uri, Data] of Object.entries(leaves)) {
    expect(tree.add(uri, { Data }, LOCAL, 0).ok, uri).toBe(true);
  }
  return tree;
}

/** `domain: identity identity` of each network. */
function whoIsWhere(tree: Tree): string[] {
  return sipNetworks(tree).map(
    ({ domain, identities }) => `${domain}: ${identities.map(({ IMPU }) => IMPU).join(' ')}`,
  );
}

test('the bootstrap says who registers, with what, where and through which P-CSCF [R-6.5-16] [R-6.5-17] [R-6.5-18] [R-6.5-19] [R-6.5-i1] [R-6.5-i2] [R-6.9.2-1] [R-6.9.2-2]', () => {
  expect(sipNetworks(bootstrapped())).toEqual([
    {
      domain: DOMAIN,
      pCscfs: [{ uri: './PktcUE/Op/1/PCSCF/1', hop: P_CSCF }],
      resolvers: [],
      identities: [
        {
          uri: './PktcUsr/IMPU/1',
          IMPU: ALICE,
          IMPI: 'alice-private@home.example',
          credentials: { kind: 'password', password: SIP_PASSWORD },
          SigSecurity: false,
        },
      ],
      timing: { T1: 500, T2: 4000, T4: 5000 },
      backOff: { baseMs: 30_000, maxMs: 1_800_000 },
      subscribeRetryMs: 900_000,
    },
  ]);
});

test('a P-CSCF that a server configures is what is used [R-6.9.2-2]', () => {
  const tree = bootstrapped();
  tree.replace('./PktcUE/Op/1/PCSCF/1/Addr', { Data: '192.0.2.99' }, LOCAL, 0);
  tree.replace('./PktcUE/Op/1/PCSCF/1/SipPort', { Data: '5099' }, LOCAL, 0);
  expect(sipNetworks(tree)[0]?.pCscfs[0]?.hop).toEqual({ host: '192.0.2.99', port: 5099 });
});

test('several P-CSCFs, in order; one without a port is a domain to be looked up [R-6.9.2-5]', () => {
  const otherPCscfs = [{ host: 'ims.test' }, { host: 'pcscf.test', port: 5070 }];
  const tree = bootstrapTree(sampleConfig({ sip: sampleSip({ otherPCscfs }) }), 0);
  const [network] = sipNetworks(tree);
  expect(network?.pCscfs.map(({ hop }) => hop)).toEqual([P_CSCF, ...otherPCscfs]);
});

test('a card in the place of a password, and what is none', () => {
  const aka = { K: '465B5CE8B199B49FAA5F0A2EE238A6BC', OPc: 'cd63cb71954a9f4e48a5994e37a02baf' };
  const sip = sampleSip({ aka, password: undefined });
  const tree = bootstrapTree(sampleConfig({ sip }), 0);
  expect(sipNetworks(tree)[0]?.identities[0]?.credentials).toEqual({
    kind: 'card',
    key: { K: decodeHex(aka.K), OPc: decodeHex(aka.OPc) },
  });
  tree.replace('./PktcUsr/IMPI/1/Credentials', { Data: 'short' }, LOCAL, 0);
  expect(sipNetworks(tree)).toEqual([]);
});

test('timers are the operator’s', () => {
  const row = './PktcUE/Op/1/PCSCF/1';
  const tree = add(bootstrapped(), {
    [`${row}/TimerT1`]: '2000',
    [`${row}/BaseTimeAllFailed`]: '5',
    [`${row}/MaxTime`]: '60',
    [`${row}/SubscribeRetry`]: '10',
  });
  expect(sipNetworks(tree)[0]).toMatchObject({
    timing: { T1: 2000, T2: 4000, T4: 5000 },
    backOff: { baseMs: 5000, maxMs: 60_000 },
    subscribeRetryMs: 10_000,
  });
});

test('an identity that is switched off does not register; other active ones do [R-6.7-13]', () => {
  const tree = add(bootstrapped(), { './PktcUsr/IMPU/1/AdminStat': '2' });
  expect(sipNetworks(tree)).toEqual([]);
  add(tree, {
    './PktcUsr/IMPU/2/Id': 'sip:bob@home.example',
    './PktcUsr/IMPU/2/IMPIRef': '1',
    './PktcUsr/IMPU/3/Id': 'sip:carol@home.example',
    './PktcUsr/IMPU/3/IMPIRef': '1',
  });
  expect(whoIsWhere(tree)).toEqual(['home.example: sip:bob@home.example sip:carol@home.example']);
});

test('an identity is of the operator that it names, of that of its domain, or of the first', () => {
  const tree = add(bootstrapped(), {
    './PktcUE/Op/2/Domain': 'other.example',
    './PktcUE/Op/2/PCSCF/1/Addr': '192.0.2.77',
    './PktcUsr/IMPU/2/Id': 'sip:bob@other.example',
    './PktcUsr/IMPU/2/IMPIRef': '1',
    './PktcUsr/IMPU/3/Id': 'sip:carol@home.example',
    './PktcUsr/IMPU/3/IMPIRef': '1',
    './PktcUsr/IMPU/3/OpRefs': '2',
    './PktcUsr/IMPU/4/Id': 'tel:+15550100',
    './PktcUsr/IMPU/4/IMPIRef': '1',
    './PktcUsr/IMPU/5/Id': 'sip:dave@home.example',
    './PktcUsr/IMPU/5/IMPIRef': '1',
    './PktcUsr/IMPU/5/OpRefs': '9',
  });
  expect(whoIsWhere(tree)).toEqual([
    `home.example: ${ALICE} tel:+15550100`,
    'other.example: sip:bob@other.example sip:carol@home.example',
  ]);
});

test.each(['./PktcUE/Op/1', './PktcUE/Op/1/PCSCF/1', './PktcUsr/IMPI/1', './PktcUsr/IMPU/1'])(
  'without %s there is nobody to register [R-6.9.2-4]',
  (uri) => {
    const tree = bootstrapped();
    expect(tree.delete(uri, LOCAL, 0).ok).toBe(true);
    expect(sipNetworks(tree)).toEqual([]);
  },
);
