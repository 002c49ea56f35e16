/**
 * The least of an IMS core that a client under test registers with and takes a Package #0 from: it answers REGISTER
 * with 200 and sends MESSAGE. Not a lab (`ims-lab` is one): the conformance kit is about what comes after.
 */
import { randomBytes } from 'node:crypto';
import { encodeHex } from '@ueprov/protocols';
import { notificationRequest } from '@ueprov/protocols/push';
import {
  contacts,
  encodeNameAddr,
  encodeUri,
  expires,
  responseTo,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
  to,
} from '@ueprov/protocols/sip';
import { SipPort } from '../sip/sip-port.ts';
import type { ClientGround, ClientUnderTest } from './bench.ts';

const LEASE_S = '3600';
const SIP_PORT = 5060;

/** Who has registered, and where it is. */
interface Binding {
  readonly IMPU: string;
  /** Of its Contact. */
  readonly uri: string;
  readonly target: TransportAddress;
}

export class PCscf {
  readonly #port: SipPort;
  readonly #first = Promise.withResolvers<void>();
  #binding: Binding | undefined;

  static async open(host: string, port: number): Promise<PCscf> {
    const answer: { register?: (request: SipRequest) => void } = {};
    const sip = await SipPort.open(host, port, (request) => {
      if (request.method !== 'REGISTER') return responseTo(request, 405, { toTag: 'kit' });
      answer.register?.(request);
      return accepted(request);
    });
    const pCscf = new PCscf(sip);
    answer.register = (request) => pCscf.#register(request);
    return pCscf;
  }

  private constructor(port: SipPort) {
    this.#port = port;
  }

  get address(): TransportAddress {
    return this.#port.address;
  }

  /** A client is there. */
  registered(): Promise<void> {
    return this.#first.promise;
  }

  /** The client that registers here: a session is asked of it by Package #0. */
  client(ground: ClientGround): ClientUnderTest {
    return {
      isNotified: true,
      ground,
      open: async (package0) => {
        await this.registered();
        this.#notify(package0);
      },
    };
  }

  close(): void {
    this.#port.close();
  }

  #register(request: SipRequest): void {
    const [contact] = contacts(request);
    if (contact?.uri.kind !== 'sip' || expires(request) === 0) return;
    const { host, port = SIP_PORT } = contact.uri;
    const target = { address: host.replace(/^\[|\]$/g, ''), port };
    this.#binding = { IMPU: encodeUri(to(request).uri), uri: encodeUri(contact.uri), target };
    this.#first.resolve();
  }

  /** Sends Package #0. What the client answers is SIP's business; what it does next is the case's. */
  #notify(package0: Uint8Array): void {
    if (this.#binding === undefined) return;
    const { IMPU, uri, target } = this.#binding;
    const request = notificationRequest({
      IMPU,
      from: 'sip:prov@home.example',
      fromTag: 'kit',
      callId: encodeHex(randomBytes(8)),
      cSeq: 1,
      package0,
    });
    this.#port.request({ ...request, uri }, target).catch(() => {});
  }
}

function accepted(register: SipRequest): SipResponse {
  const [contact] = contacts(register);
  const parameters = contact?.parameters.filter(({ name }) => name !== 'expires') ?? [];
  const bound = { name: 'expires', value: LEASE_S };
  const headers =
    contact === undefined || expires(register) === 0
      ? []
      : [
          {
            name: 'Contact',
            value: encodeNameAddr({ ...contact, parameters: [...parameters, bound] }),
          },
        ];
  return responseTo(register, 200, { toTag: 'kit', headers });
}
