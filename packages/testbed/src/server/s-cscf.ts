/**
 * The core between a server under test and the kit's device: tells the server by a third-party REGISTER that the
 * device is there, and takes the MESSAGE with Package #0 for it.
 *
 * PKT-SP-UE-PROV 6.7 UE-2 and UE-3, TS 24.229 5.4.1.7.
 */
import { randomBytes } from 'node:crypto';
import { encodeHex } from '@ueprov/protocols';
import { decodeOmaPush } from '@ueprov/protocols/push';
import {
  bracketed,
  request,
  responseTo,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { Inconclusive } from '../conformance/case.ts';
import { Inbox } from '../conformance/inbox.ts';
import { SipPort } from '../sip/sip-port.ts';

export interface SCscfOptions {
  /** Where the server takes third-party REGISTERs. */
  readonly server: TransportAddress;
  /** The device's public identity, as the server knows it. */
  readonly IMPU: string;
  /** Where the server finds this core. */
  readonly host: string;
  readonly port: number;
  readonly patienceMs: number;
  /** Makes the server wake the device where the REGISTER alone does not. */
  readonly ask?: () => Promise<void>;
}

const LEASE_S = '3600';

export class SCscf {
  readonly #options: SCscfOptions;
  readonly #port: SipPort;
  readonly #messages: Inbox<SipRequest>;
  readonly #callId = encodeHex(randomBytes(8));
  #registers = 0;

  static async open(options: SCscfOptions): Promise<SCscf> {
    const messages = new Inbox<SipRequest>();
    const port = await SipPort.open(options.host, options.port, (message) =>
      answer(message, messages),
    );
    return new SCscf(options, port, messages);
  }

  private constructor(options: SCscfOptions, port: SipPort, messages: Inbox<SipRequest>) {
    this.#options = options;
    this.#port = port;
    this.#messages = messages;
  }

  /** The MESSAGE by which the server wakes the device, and the octets of its Package #0. */
  async wake(): Promise<{ readonly message: SipRequest; readonly package0: Uint8Array }> {
    const { server, ask, patienceMs } = this.#options;
    // What an earlier case did not wait for.
    while ((await this.#messages.take(0)) !== undefined);
    const { status } = await this.#port.request(this.#register(), server);
    if (status >= 300) throw new Inconclusive(`the server answered our REGISTER ${status}`);
    await ask?.();
    const message = await this.#messages.take(patienceMs);
    if (message === undefined) throw new Inconclusive('the server sent no MESSAGE');
    return { message, package0: decodeOmaPush(message.body).content };
  }

  close(): void {
    this.#port.close();
  }

  #register(): SipRequest {
    const { IMPU, server } = this.#options;
    this.#registers += 1;
    const { address, port } = this.#port.address;
    const own = `<sip:${bracketed(address)}:${port}>`;
    return request({
      method: 'REGISTER',
      uri: `sip:${bracketed(server.address)}:${server.port}`,
      from: `${own};tag=kit`,
      to: `<${IMPU}>`,
      callId: this.#callId,
      cSeq: this.#registers,
      headers: [
        { name: 'Contact', value: own },
        { name: 'Expires', value: LEASE_S },
      ],
    });
  }
}

function answer(message: SipRequest, messages: Inbox<SipRequest>): SipResponse {
  if (message.method !== 'MESSAGE') {
    return responseTo(message, 405, {
      toTag: 'kit',
      headers: [{ name: 'Allow', value: 'MESSAGE' }],
    });
  }
  messages.put(message);
  return responseTo(message, 200, { toTag: 'kit' });
}
