/** The lab on a virtual network, with a UE or two and an application server around it. */
import assert from 'node:assert';
import { ha1 } from '@ueprov/protocols/digest';
import { request, type SipRequest } from '@ueprov/protocols/sip';
import type { Fault } from '../faults.ts';
import type { FilterCriterion } from '../filter-criteria.ts';
import type { Subscriber } from '../hss.ts';
import { composeLab, type LabElement, type LabOptions } from '../lab.ts';
import { Endpoint, seededRandom } from './endpoint.ts';
import { Network } from './network.ts';
import { TestUe } from './ue.ts';

export const DOMAIN = 'home.example';
export const P_CSCF = { address: '127.0.0.1', port: 5060 };
/** A second one, for when the first is lost. */
export const P_CSCF_2 = { address: '127.0.0.1', port: 5062 };
export const S_CSCF = { address: '127.0.0.1', port: 5061 };
export const AS_URI = 'sip:prov.home.example';
export const OTHER_AS_URI = 'sip:other.home.example';

export function criterion(change: Partial<FilterCriterion> = {}): FilterCriterion {
  return {
    priority: 1,
    applicationServer: AS_URI,
    method: 'REGISTER',
    includeRegisterRequest: true,
    defaultHandling: 'SESSION_CONTINUED',
    ...change,
  };
}

export function subscriber(name: string, change: Partial<Subscriber> = {}): Subscriber {
  const IMPI = `${name}@${DOMAIN}`;
  return {
    IMPI,
    HA1: ha1(IMPI, DOMAIN, 'secret'),
    IMPUs: [`sip:${name}@${DOMAIN}`, `sip:${name}.home@${DOMAIN}`],
    filterCriteria: [criterion()],
    ...change,
  };
}

export function world(options: Partial<LabOptions> = {}) {
  const network = new Network();
  const applicationServer = new Endpoint(
    network,
    { address: '127.0.0.1', port: 5090 },
    seededRandom(2),
  );
  const otherServer = new Endpoint(network, { address: '127.0.0.1', port: 5091 }, seededRandom(3));
  const lab = composeLab(
    {
      domain: DOMAIN,
      subscribers: [subscriber('alice'), subscriber('bob')],
      applicationServers: [
        { uri: AS_URI, address: applicationServer.address },
        { uri: OTHER_AS_URI, address: otherServer.address },
      ],
      ...options,
    },
    { pCscfs: [P_CSCF, P_CSCF_2], sCscf: S_CSCF },
    seededRandom(1),
  );
  const places = { pCscf1: P_CSCF, pCscf2: P_CSCF_2, sCscf: S_CSCF } as const;
  for (const [name, element] of lab.elements) {
    network.attach(places[name as keyof typeof places], element);
  }
  const ue = (name: string, port: number, pCscf = P_CSCF) =>
    new TestUe(network, name, { address: '127.0.0.1', port }, pCscf, seededRandom(port));
  const fail = (name: LabElement, fault: Fault | undefined) => {
    const element = lab.elements.get(name);
    assert(element !== undefined);
    element.fault = fault;
  };
  return { network, lab, applicationServer, otherServer, ue, fail, alice: ue('alice', 6001) };
}

/** A MESSAGE as an application server sends it. */
export function message(uri: string, ...headers: readonly [string, string][]): SipRequest {
  return request({
    method: 'MESSAGE',
    uri,
    from: `<${AS_URI}>;tag=as`,
    to: `<${uri}>`,
    callId: 'm',
    cSeq: 1,
    headers: headers.map(([name, value]) => ({ name, value })),
    body: Uint8Array.of(1, 2, 3),
  });
}
