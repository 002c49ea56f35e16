import { LOCAL } from '@ueprov/protocols/dm/tree';
import { expect, test } from 'vitest';
import { bootstrapTree } from './bootstrap.ts';
import { sipIdentity } from './identity.ts';
import { DOMAIN, P_CSCF, SIP_PASSWORD, sampleConfig } from './testing/sample-config.ts';

const bootstrapped = () => bootstrapTree(sampleConfig(), 0);

test('the bootstrap says who registers, with what, where and through which P-CSCF [R-6.5-16] [R-6.5-17] [R-6.5-18] [R-6.5-19] [R-6.5-i1] [R-6.5-i2] [R-6.9.2-1] [R-6.9.2-2]', () => {
  expect(sipIdentity(bootstrapped())).toEqual({
    IMPU: 'sip:alice@home.example',
    IMPI: 'alice-private@home.example',
    password: SIP_PASSWORD,
    domain: DOMAIN,
    pCscf: { address: P_CSCF.host, port: P_CSCF.port },
  });
});

test('a P-CSCF that a server configures is what is used [R-6.9.2-2]', () => {
  const tree = bootstrapped();
  tree.replace('./PktcUE/Op/1/PCSCF/1/Addr', { Data: '192.0.2.99' }, LOCAL, 0);
  tree.replace('./PktcUE/Op/1/PCSCF/1/SipPort', { Data: '5099' }, LOCAL, 0);
  expect(sipIdentity(tree)?.pCscf).toEqual({ address: '192.0.2.99', port: 5099 });
});

test('an identity that is switched off does not register; the next active one does', () => {
  const tree = bootstrapped();
  tree.add('./PktcUsr/IMPU/1/AdminStat', { Data: '2' }, LOCAL, 0);
  expect(sipIdentity(tree)).toBeUndefined();
  tree.add('./PktcUsr/IMPU/2/Id', { Data: 'sip:bob@home.example' }, LOCAL, 0);
  tree.add('./PktcUsr/IMPU/2/IMPIRef', { Data: '1' }, LOCAL, 0);
  expect(sipIdentity(tree)?.IMPU).toBe('sip:bob@home.example');
});

test.each(['./PktcUE/Op/1', './PktcUE/Op/1/PCSCF/1', './PktcUsr/IMPI/1', './PktcUsr/IMPU/1'])(
  'without %s there is nobody to register [R-6.9.2-4]',
  (uri) => {
    const tree = bootstrapped();
    expect(tree.delete(uri, LOCAL, 0).ok).toBe(true);
    expect(sipIdentity(tree)).toBeUndefined();
  },
);
