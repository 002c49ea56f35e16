/**
 * From committed changes to what the stream says: the core hands on what it stored, and readers get resources.
 *
 * A device that changes many times in a moment is told once, as it then is.
 */
import type { Change } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { deviceView, eventView, sessionView, timeOf } from './device-view.ts';
import { operationSummary } from './operation-view.ts';
import type { ApiPorts } from './routes.ts';
import type { MessageNotice } from './schema.ts';
import type { Stream } from './stream.ts';

/** How long changes of a device are gathered. */
const GATHER_MS = 100;
/** Devices gathered at once; what comes above is told with its next change. */
const GATHERED_MAX = 1000;

export class Announcer {
  readonly #store: Store;
  readonly #stream: Stream;
  readonly #ports: ApiPorts;
  readonly #devices = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, stream: Stream, ports: ApiPorts) {
    this.#store = store;
    this.#stream = stream;
    this.#ports = ports;
  }

  /** What was committed, in order. */
  announce(changes: readonly Change[]): void {
    if (this.#stream.isIdle) return;
    for (const change of changes) this.#announce(change);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#devices.clear();
  }

  #announce(change: Change): void {
    switch (change.kind) {
      case 'session':
        this.#stream.publish('session', sessionView(change.session));
        this.#touch(change.session.device);
        break;
      case 'event':
        this.#stream.publish('event', eventView(change.event));
        this.#touch(change.event.device);
        break;
      case 'message': {
        const {
          seq,
          at,
          protocol,
          from,
          to,
          label,
          session = null,
          device = null,
        } = change.message;
        const notice = { seq, at: timeOf(at), protocol, from, to, label, session, device };
        this.#stream.publish('message', notice satisfies MessageNotice);
        break;
      }
      case 'device':
        this.#touch(change.device.id);
        break;
      case 'device-state':
      case 'nodes':
        this.#touch(change.device);
        break;
      case 'operation':
        this.#stream.publish('operation', operationSummary(change.operation));
        break;
      case 'nonce':
      case 'profile':
        break;
    }
  }

  #touch(device: string | undefined): void {
    if (device === undefined || this.#devices.size >= GATHERED_MAX) return;
    this.#devices.add(device);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tellDevices().catch(this.#ports.onError);
    }, GATHER_MS);
  }

  async #tellDevices(): Promise<void> {
    const ids = [...this.#devices];
    this.#devices.clear();
    for (const id of ids) {
      const overview = await this.#store.overview(id);
      if (overview !== undefined) {
        this.#stream.publish('device', deviceView(overview, this.#ports.now()));
      }
    }
  }
}
