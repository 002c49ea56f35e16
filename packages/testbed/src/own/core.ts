/**
 * The least of an IMS core that a UE of ours registers with and takes a Package #0 from: it answers REGISTER with 200
 * and sends MESSAGE. Not a lab (`ims-lab` is one): the conformance kit is about what comes after.
 */
import { randomBytes } from 'node:crypto';
import { encodeHex } from '@ueprov/protocols';
import { notificationRequest } from '@ueprov/protocols/push';
import {
  contacts,
  encodeNameAddr,
  expires,
  responseTo,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { SipPort } from '../sip/sip-port.ts';

const LEASE_S = '3600';

export class Core {
  readonly #port: SipPort;
  readonly #registered: Promise<void>;

  static async open(): Promise<Core> {
    const registered = Promise.withResolvers<void>();
    const port = await SipPort.open('127.0.0.1', 0, (request) => {
      if (request.method === 'REGISTER') registered.resolve();
      return accepted(request);
    });
    return new Core(port, registered.promise);
  }

  private constructor(port: SipPort, registered: Promise<void>) {
    this.#port = port;
    this.#registered = registered;
  }

  get address(): TransportAddress {
    return this.#port.address;
  }

  /** A UE is there. */
  registered(): Promise<void> {
    return this.#registered;
  }

  /** Sends Package #0. What the UE answers is SIP's business; what it does next is the case's. */
  notify(package0: Uint8Array, IMPU: string, target: TransportAddress): void {
    const request = notificationRequest({
      IMPU,
      from: 'sip:prov@home.example',
      fromTag: 'prov',
      callId: encodeHex(randomBytes(8)),
      cSeq: 1,
      package0,
    });
    this.#port.request(request, target).catch(() => {});
  }

  close(): void {
    this.#port.close();
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
  return responseTo(register, 200, { toTag: 'core', headers });
}
