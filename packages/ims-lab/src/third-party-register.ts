/**
 * The REGISTER by which the S-CSCF tells an application server about a registration (UE-2).
 *
 * TS 24.229 5.4.1.7. Used by s-cscf.ts; the Provisioning Server is one that receives it (5.7.1.1).
 */
import { encodeHex, type Instant, type Random } from '@ueprov/protocols';
import { encodeSip, type Header, headersOf, request, type SipRequest } from '@ueprov/protocols/sip';
import type { FilterCriterion } from './hss.ts';
import { endOf, type Registration } from './registrar.ts';

/** Headers of the UE's REGISTER that the application server may see. */
const COPIED = ['P-Visited-Network-ID', 'P-Access-Network-Info', 'P-Charging-Vector'];
const TAG_BYTES = 8;

interface Series {
  readonly callId: string;
  readonly tag: string;
  cSeq: number;
}

export class ThirdPartyRegister {
  readonly #uri: string;
  readonly #random: Random;
  /** RFC 3261 §10.2.4: the REGISTERs of one registration share a Call-ID and count up. */
  readonly #series = new Map<string, Series>();

  /** `uri` is that of the S-CSCF. */
  constructor(uri: string, random: Random) {
    this.#uri = uri;
    this.#random = random;
  }

  /** `cause` is the UE's REGISTER, absent when the network itself ends the registration. */
  request(
    criterion: FilterCriterion,
    registration: Registration,
    cause: SipRequest | undefined,
    now: Instant,
  ): SipRequest {
    const { subscriber } = registration;
    const IMPU = subscriber.IMPUs[0] ?? '';
    const end = endOf(registration);
    const { callId, tag, cSeq } = this.#next(subscriber.IMPI, criterion, end === undefined);
    const hasCopy = criterion.includeRegisterRequest && cause !== undefined;
    return request({
      method: 'REGISTER',
      uri: criterion.applicationServer,
      from: `<${this.#uri}>;tag=${tag}`,
      to: `<${IMPU}>`,
      callId,
      cSeq,
      headers: [
        { name: 'Contact', value: `<${this.#uri}>` },
        { name: 'Expires', value: String(end === undefined ? 0 : Math.ceil((end - now) / 1000)) },
        ...copied(registration.request),
        // TS 24.229 5.4.1.7: one part needs no multipart around it.
        ...(hasCopy ? [{ name: 'Content-Type', value: 'message/sip' }] : []),
      ],
      ...(hasCopy ? { body: encodeSip(cause) } : {}),
    });
  }

  #next(IMPI: string, { applicationServer }: FilterCriterion, isLast: boolean): Series {
    const key = `${IMPI} ${applicationServer}`;
    const series = this.#series.get(key) ?? {
      callId: encodeHex(this.#random(TAG_BYTES)),
      tag: encodeHex(this.#random(TAG_BYTES)),
      cSeq: 0,
    };
    series.cSeq += 1;
    if (isLast) this.#series.delete(key);
    else this.#series.set(key, series);
    return series;
  }
}

function copied(register: SipRequest): readonly Header[] {
  return COPIED.flatMap((name) => headersOf(register, name).map((value) => ({ name, value })));
}
