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
import type { RegWatch } from './reg-watch.ts';
import { readThirdPartyRegister, type ThirdPartyRegister } from './registrations.ts';
import { sipMessageRecord } from './sip-record.ts';
import type { Change, DeviceRecord, DeviceState } from './store/record.ts';
import type { Store } from './store/store.ts';

export interface ApplicationServerPorts {
  readonly store: Store;
  readonly now: () => Instant;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Stored: a device can be woken, from now on or still. */
  readonly onRegistered: (registered: Registered) => void;
  readonly onRefused: (reason: string) => void;
  /** The reg event package, if the operator wants it. */
  readonly watch: Pick<RegWatch, 'registered' | 'deregistered' | 'notified'>;
  readonly newTag: () => string;
}

export interface Registered {
  readonly device: string;
  /** Something is to be done with it. */
  readonly hasWork: boolean;
  /** undefined: not told. */
  readonly acceptsPush: boolean | undefined;
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
    // [SIPPUSH TS24229.5.7.1.1-5]
    if (!this.#options.trusted.includes(source.address.replace(/^::ffff:(?=\d+\.)/i, ''))) {
      this.#ports.onRefused(
        `${request.method} from ${source.address}, which sip.trusted does not name`,
      );
      return responseTo(request, 403, { toTag });
    }
    if (request.method === 'NOTIFY') return this.#notified(request, toTag);
    if (request.method !== 'REGISTER') {
      const allow = { name: 'Allow', value: 'REGISTER, NOTIFY' };
      return responseTo(request, 405, { toTag, headers: [allow] });
    }
    const register = readThirdPartyRegister(request);
    const devices = await this.#devicesOf(register.identities);
    const response = responseTo(request, 200, {
      toTag,
      headers: [{ name: 'Expires', value: String(register.expiresS) }],
    });
    if (devices.length === 0) {
      // 24.229 5.7.1.1 gives no error for it: a refusal would make the S-CSCF drop somebody else's registration.
      this.#ports.onRefused(`${register.identities[0]} registered, and is no device of ours`);
      return response;
    }
    // [R-6.7-5]
    if (!this.#options.isMonitoring) return response;
    await Promise.all(devices.map((device) => this.#remember(device, register, request, response)));
    return response;
  }

  /** One registration is that of a whole implicit set: whoever of it is ours is reachable. */
  async #devicesOf(identities: readonly string[]): Promise<readonly DeviceRecord[]> {
    const { store } = this.#ports;
    const found = await Promise.all(identities.map((IMPU) => store.deviceByIMPU(IMPU)));
    const devices = found.filter((device) => device !== undefined);
    return [...new Map(devices.map((device) => [device.id, device])).values()];
  }

  async #remember(
    device: DeviceRecord,
    register: ThirdPartyRegister,
    request: SipRequest,
    response: SipResponse,
  ): Promise<void> {
    const at = this.#ports.now();
    const changes: Change[] = [
      stateAfter(register, device.id, await this.#ports.store.state(device.id), at),
      passage(device.id, request, at, false),
      passage(device.id, response, at, true),
    ];
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
    const { expiresS, route, acceptsPush } = register;
    const { watch } = this.#ports;
    if (expiresS === 0) {
      watch.deregistered(device.id);
      return;
    }
    const { IMPU } = device;
    if (route !== undefined && IMPU !== undefined) {
      watch.registered(device.id, IMPU, route, acceptsPush);
    }
    await this.registered(device.id, acceptsPush);
  }

  /** A device is reachable, as the store says already. */
  async registered(device: string, acceptsPush: boolean | undefined): Promise<void> {
    const hasWork = await this.#hasWork(device);
    this.#ports.onRegistered({ device, hasWork, acceptsPush });
  }

  /** RFC 6665: to a subscription of ours, or 481. The 200 leaves after the commit. */
  async #notified(request: SipRequest, toTag: string): Promise<SipResponse> {
    const { store, watch, now, onChanges } = this.#ports;
    const at = now();
    const { status, headers, device } = await watch.notified(request);
    const response = responseTo(request, status, { toTag, headers });
    if (device === undefined) return response;
    const changes = [passage(device, request, at, false), passage(device, response, now(), true)];
    await store.write(changes);
    onChanges(changes);
    return response;
  }

  /** [R-6.7-6] */
  async #hasWork(device: string): Promise<boolean> {
    const nodes = await this.#ports.store.nodes(device);
    if (nodes.some(({ state }) => state === 'not-sent' || state === 'pending')) return true;
    const { store, now } = this.#ports;
    return (await store.nextOperation(device, now())) !== undefined;
  }
}

function stateAfter(
  { expiresS, route, contact, pCscf }: ThirdPartyRegister,
  device: string,
  known: DeviceState | undefined,
  at: Instant,
): Change {
  const isKnown = known?.registeredUntil !== undefined && at < known.registeredUntil;
  const isOther = contact !== undefined && contact !== known?.contact;
  return {
    kind: 'device-state',
    device,
    registeredUntil: expiresS === 0 ? undefined : at + expiresS * 1000,
    ...(route !== undefined && { route }),
    ...(contact !== undefined && { contact }),
    ...(pCscf !== undefined && { pCscf }),
    // What a UE refused holds for this registration; another may take what this one did not.
    ...((!isKnown || isOther) &&
      known?.refusedStatus !== undefined && { refusedStatus: undefined }),
  };
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
