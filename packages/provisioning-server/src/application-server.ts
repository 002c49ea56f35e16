/**
 * The Provisioning Server as an application server of the IMS (UE-2): takes third-party REGISTERs from the core it
 * trusts, remembers who is reachable, and has those woken that are not yet what they should be.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-2; PKT 24.229 5.7.1.1. The 200 leaves after the commit.
 */
import { type Instant, ProtocolError } from '@ueprov/protocols';
import {
  encodeSip,
  responseTo,
  type SipRequest,
  type SipResponse,
  statusOfError,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { readThirdPartyRegister, type ThirdPartyRegister } from './registrations.ts';
import { sipMessageRecord } from './sip-record.ts';
import type { Change, DeviceRecord } from './store/record.ts';
import type { Store } from './store/store.ts';

export interface ApplicationServerPorts {
  readonly store: Store;
  readonly now: () => Instant;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** A device that can be woken has something to be done. */
  readonly onWork: (device: string) => void;
  readonly onRefused: (reason: string) => void;
  readonly newTag: () => string;
}

export interface ApplicationServerOptions {
  /** Addresses of the core. */
  readonly trusted: readonly string[];
  readonly isMonitoring: boolean;
}

export class ApplicationServer {
  readonly #options: ApplicationServerOptions;
  readonly #ports: ApplicationServerPorts;

  constructor(options: ApplicationServerOptions, ports: ApplicationServerPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  async answer(request: SipRequest, source: TransportAddress): Promise<SipResponse> {
    const toTag = this.#ports.newTag();
    try {
      return await this.#answer(request, source, toTag);
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#ports.onRefused(`${request.method} from ${source.address}: ${error}`);
        return responseTo(request, statusOfError(error), { toTag });
      }
      // The store failed: the S-CSCF may try again, and nobody believes that we know.
      this.#ports.onRefused(`${request.method} from ${source.address}: ${error}`);
      return responseTo(request, 503, { toTag, headers: [{ name: 'Retry-After', value: '5' }] });
    }
  }

  async #answer(
    request: SipRequest,
    source: TransportAddress,
    toTag: string,
  ): Promise<SipResponse> {
    if (!this.#options.trusted.includes(source.address.replace(/^::ffff:(?=\d+\.)/i, ''))) {
      this.#ports.onRefused(
        `${request.method} from ${source.address}, which sip.trusted does not name`,
      );
      return responseTo(request, 403, { toTag });
    }
    if (request.method !== 'REGISTER') {
      return responseTo(request, 405, { toTag, headers: [{ name: 'Allow', value: 'REGISTER' }] });
    }
    const register = readThirdPartyRegister(request);
    const device = await this.#ports.store.deviceByIMPU(register.IMPU);
    const response = responseTo(request, 200, {
      toTag,
      headers: [{ name: 'Expires', value: String(register.expiresS) }],
    });
    if (device === undefined) {
      // 24.229 5.7.1.1 gives no error for it: a refusal would make the S-CSCF drop somebody else's registration.
      this.#ports.onRefused(`${register.IMPU} registered, and is no device of ours`);
      return response;
    }
    // [R-6.7-5]
    if (this.#options.isMonitoring) await this.#remember(device, register, request, response);
    return response;
  }

  async #remember(
    device: DeviceRecord,
    register: ThirdPartyRegister,
    request: SipRequest,
    response: SipResponse,
  ): Promise<void> {
    const at = this.#ports.now();
    const isGone = register.expiresS === 0;
    const changes: Change[] = [
      {
        kind: 'device-state',
        device: device.id,
        registeredUntil: isGone ? undefined : at + register.expiresS * 1000,
        ...(register.route !== undefined && { route: register.route }),
        ...(register.contact !== undefined && { contact: register.contact }),
      },
      passage(device.id, request, at, false),
      passage(device.id, response, at, true),
    ];
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
    if (!isGone && register.acceptsPush !== false && (await this.#hasWork(device.id))) {
      this.#ports.onWork(device.id);
    }
  }

  /** [R-6.7-6] */
  async #hasWork(device: string): Promise<boolean> {
    const nodes = await this.#ports.store.nodes(device);
    return nodes.some(({ state }) => state === 'not-sent' || state === 'pending');
  }
}

function passage(
  device: string,
  message: SipRequest | SipResponse,
  at: Instant,
  isOutgoing: boolean,
): Change {
  const bytes = encodeSip(message);
  return { kind: 'message', message: sipMessageRecord({ device, message, bytes, at, isOutgoing }) };
}
