/**
 * Where a SIP URI or a configured name is to be sent: RFC 3263 §4.1 and §4.2, one target after the
 * other, each looked up only when it is wanted. Used by next-hop.ts.
 */
import {
  type Answer,
  isName,
  type Naptr,
  orderSrv,
  type Question,
  questionKey,
  RECORD_COUNT_MAX,
  type Srv,
} from '../dns/index.ts';
import type { Random } from '../engine.ts';
import {
  SIP_PORT,
  SIPS_PORT,
  type Transport,
  type TransportAddress,
} from './transaction/transport-address.ts';

export type LocationState =
  | 'Idle'
  /** A question is with the DNS. */
  | 'Asking'
  /** A target is out: somebody tries it. */
  | 'Offered'
  | 'Exhausted';

export type LocationEvent = 'next' | 'question' | 'target' | 'end';

/** What follows from a wish for one more target. An event absent from a row is ignored there. */
export const LOCATION_TRANSITIONS: Readonly<
  Record<LocationState, Partial<Record<LocationEvent, LocationState>>>
> = {
  Idle: { question: 'Asking', target: 'Offered', end: 'Exhausted' },
  Asking: { question: 'Asking', target: 'Offered', end: 'Exhausted' },
  Offered: { question: 'Asking', target: 'Offered', end: 'Exhausted' },
  Exhausted: {},
};

export type AddressType = 'A' | 'AAAA';

export type LocationInput =
  | { readonly kind: 'next' }
  | { readonly kind: 'answer'; readonly question: Question; readonly answer: Answer };

export type LocationEffect =
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'target'; readonly target: TransportAddress }
  | { readonly kind: 'exhausted' };

export interface LocationOptions {
  /** A name, an IPv4 address, or an IPv6 address with or without brackets. */
  readonly host: string;
  /** Absent: the DNS says it. */
  readonly port?: number;
  /** `;transport=` of a URI: then the DNS is not asked which. */
  readonly transport?: Transport;
  /** A sips: URI, or whatever else must not go unprotected. */
  readonly isSecure?: boolean;
  /** What can be sent over, the preferred first. */
  readonly transports: readonly Transport[];
  /** Families of address that can be reached, the preferred first. */
  readonly families: readonly AddressType[];
  readonly random: Random;
}

/** Records that lead to more records end here (AC-30): so many questions, and so many targets. */
export const QUESTION_COUNT_MAX = 64;
export const TARGET_COUNT_MAX = 64;

/** RFC 3263 §4.1: the services that are known here. */
const SERVICES: ReadonlyMap<string, Transport> = new Map([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
]);
const SRV_PREFIXES: Readonly<Record<Transport, string>> = {
  udp: '_sip._udp.',
  tcp: '_sip._tcp.',
  tls: '_sips._tcp.',
};

/** Where a host listens, and how. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
}

/** What is left to look at; each one is replaced by what the DNS says of it. */
type Step =
  | { readonly kind: 'services' }
  | { readonly kind: 'service'; readonly name: string; readonly transport: Transport }
  | { readonly kind: 'host'; readonly place: Place; readonly type: AddressType }
  /** RFC 3263 §4.2: without a single SRV record the name is the host. [SIPPUSH RFC3263.4.2-2] */
  | { readonly kind: 'name itself' }
  | { readonly kind: 'target'; readonly target: TransportAddress };
type Asked = Exclude<Step, { kind: 'target' | 'name itself' }>;

export class Location {
  readonly #options: LocationOptions;
  readonly #host: string;
  readonly #transports: readonly Transport[];
  #state: LocationState = 'Idle';
  #steps: readonly Step[];
  #asked: { readonly step: Asked; readonly question: Question } | undefined;
  readonly #offered = new Set<string>();
  #questions = 0;
  /** SRV records seen, usable or not. */
  #srvRecords = 0;

  constructor(options: LocationOptions) {
    const { host, transport, isSecure = false, transports } = options;
    this.#options = options;
    this.#host = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
    this.#transports = transports.filter(
      (each) =>
        (transport === undefined || each === transport) &&
        // RFC 3263 §4.1: a sips: URI has to be sent over TLS. [SIPPUSH RFC3263.4.1-3]
        (!isSecure || each === 'tls'),
    );
    this.#steps = this.#firstSteps();
  }

  get state(): LocationState {
    return this.#state;
  }

  step(input: LocationInput): LocationEffect[] {
    if (input.kind === 'next') return this.#state === 'Asking' ? [] : this.#advance();
    const asked = this.#asked;
    if (asked === undefined || questionKey(asked.question) !== questionKey(input.question)) {
      return [];
    }
    this.#asked = undefined;
    this.#steps = [...this.#follow(asked.step, input.answer), ...this.#steps];
    return this.#advance();
  }

  #advance(): LocationEffect[] {
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      this.#steps = this.#steps.slice(1);
      if (step.kind === 'name itself') {
        this.#steps = [...this.#itself(), ...this.#steps];
      } else if (step.kind === 'target') {
        if (this.#isNew(step.target) && this.#fire('target')) {
          return [{ kind: 'target', target: step.target }];
        }
      } else if (this.#questions < QUESTION_COUNT_MAX && this.#fire('question')) {
        this.#questions += 1;
        const question = this.#question(step);
        this.#asked = { step, question };
        return [{ kind: 'ask', question }];
      }
    }
    return this.#fire('end') ? [{ kind: 'exhausted' }] : [];
  }

  /** RFC 3263 §4.1, from `sip:<proxy>` on. [R-6.9.2-6] */
  #firstSteps(): readonly Step[] {
    const { port, transport } = this.#options;
    const ours = this.#transports[0];
    if (ours === undefined) return [];
    // RFC 3263 §4.2: an address is not looked up, and a name with a port only for its addresses.
    // [SIPPUSH RFC3263.4.2-1]
    const direct = transport ?? (this.#transports.includes('udp') ? 'udp' : ours);
    if (isAddress(this.#host)) return [this.#target(this.#host, this.#place(direct))];
    if (!isName(this.#host)) return [];
    if (port !== undefined) return this.#hosts([this.#place(direct)]);
    const services = transport === undefined ? [{ kind: 'services' } as const] : this.#own();
    return [...services, { kind: 'name itself' }];
  }

  #follow(step: Asked, answer: Answer): readonly Step[] {
    switch (step.kind) {
      case 'services':
        return this.#services(recordsOf<Naptr>(answer));
      case 'service': {
        const records = recordsOf<Srv>(answer);
        this.#srvRecords += records.length;
        const named = orderSrv(records, this.#options.random).filter(({ target }) =>
          isName(target),
        );
        const { transport } = step;
        return this.#hosts(named.map(({ target: host, port }) => ({ host, port, transport })));
      }
      case 'host':
        return recordsOf<string>(answer)
          .filter((address) => isReachable(address))
          .map((address) => this.#target(address, step.place));
    }
  }

  /**
   * RFC 3263 §4.1: by order and preference, those that we speak; without one, SRV is asked directly.
   * [SIPPUSH RFC3263.4.1-1]
   */
  #services(records: readonly Naptr[]): readonly Step[] {
    const spoken = records
      .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
      .flatMap(({ flags, service, replacement: name }) => {
        const transport = SERVICES.get(service.toUpperCase());
        const isOurs = transport !== undefined && this.#transports.includes(transport);
        return isOurs && flags.toLowerCase() === 's' && isName(name)
          ? [{ kind: 'service', name, transport } as const]
          : [];
      });
    return spoken.length > 0 ? spoken : this.#own();
  }

  /** SRV names of the domain itself, in our order of preference. [SIPPUSH RFC3263.4.1-2] */
  #own(): readonly Step[] {
    return this.#transports.map((transport) => {
      const name = `${SRV_PREFIXES[transport]}${this.#host}`;
      return { kind: 'service', name, transport } as const;
    });
  }

  #itself(): readonly Step[] {
    const [ours] = this.#transports;
    if (this.#srvRecords > 0 || ours === undefined) return [];
    return this.#hosts([this.#place(this.#transports.includes('udp') ? 'udp' : ours)]);
  }

  #hosts(places: readonly Place[]): readonly Step[] {
    return places.flatMap((place) =>
      isAddress(place.host)
        ? [this.#target(place.host, place)]
        : this.#options.families.map((type) => ({ kind: 'host', place, type }) as const),
    );
  }

  #place(transport: Transport): Place {
    const port = this.#options.port ?? (transport === 'tls' ? SIPS_PORT : SIP_PORT);
    return { host: this.#host, port, transport };
  }

  #target(address: string, { port, transport }: Place): Step {
    // RFC 5922 §7.2: the certificate is for the name that we set out with.
    const domain = transport === 'tls' && !isAddress(this.#host) ? { domain: this.#host } : {};
    return { kind: 'target', target: { address, port, transport, ...domain } };
  }

  #question(step: Asked): Question {
    if (step.kind === 'services') return { type: 'NAPTR', name: this.#host };
    if (step.kind === 'service') return { type: 'SRV', name: step.name };
    return { type: step.type, name: step.place.host };
  }

  /** Two names of one address are one target. */
  #isNew({ address, port, transport }: TransportAddress): boolean {
    const key = `${transport} ${port} ${address}`;
    if (this.#offered.has(key) || this.#offered.size >= TARGET_COUNT_MAX) return false;
    this.#offered.add(key);
    return true;
  }

  #fire(event: LocationEvent): boolean {
    const next = LOCATION_TRANSITIONS[this.#state][event];
    if (next !== undefined) this.#state = next;
    return next !== undefined;
  }
}

/** An IPv4 or IPv6 address, and not a name. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(host);
}

/** RFC 4007 §6: without its zone a link-local address reaches nobody (AC-30). */
function isReachable(address: string): boolean {
  return !/^fe[89ab][0-9a-f]:/i.test(address) && address !== '0.0.0.0' && address !== '::';
}

/** No answer is taken as none: the next way is tried. */
function recordsOf<Record>(answer: Answer): readonly Record[] {
  if (answer.kind !== 'records') return [];
  return (answer.records as readonly unknown[] as readonly Record[]).slice(0, RECORD_COUNT_MAX);
}
