/**
 * The REGISTER by which the S-CSCF tells an application server about a registration (UE-2).
 *
 * TS 24.229 5.4.1.7. Used by s-cscf.ts; the Provisioning Server is one that receives it (5.7.1.1).
 */
import { encodeHex, encodeUtf8, type Instant, type Random } from '@ueprov/protocols';
import { type BodyPart, encodeMultipart } from '@ueprov/protocols/mime';
import {
  encodeSip,
  type Header,
  headersOf,
  request,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '@ueprov/protocols/sip';
import { XmlWriter } from '@ueprov/protocols/xml';
import type { FilterCriterion } from './filter-criteria.ts';
import { endOf, type Registration } from './registrar.ts';

/** Headers of the UE's REGISTER that the application server may see. */
const COPIED = ['P-Visited-Network-ID', 'P-Access-Network-Info', 'P-Charging-Vector'];
const TAG_BYTES = 8;

interface Series {
  readonly callId: string;
  readonly tag: string;
  cSeq: number;
}

/** What made the registration what it is; absent when the network itself ends it. */
export interface RegisterExchange {
  readonly request: SipRequest;
  readonly response: SipResponse;
}

export class ThirdPartyRegister {
  readonly #uri: string;
  readonly #random: Random;
  /** RFC 3261 §10.2.4: the REGISTERs of one registration share a Call-ID and count up. */
  readonly #series = new Map<string, Series>();

  /** `uri` is that of the S-CSCF, whose Contact tells each application server how to reach it. */
  constructor(uri: string, random: Random) {
    this.#uri = uri;
    this.#random = random;
  }

  request(
    criterion: FilterCriterion,
    registration: Registration,
    cause: RegisterExchange | undefined,
    contact: string,
    now: Instant,
  ): SipRequest {
    const { set } = registration;
    const end = endOf(registration);
    const { callId, tag, cSeq } = this.#next(set.id, criterion, end === undefined);
    const body = this.#body(partsOf(criterion, cause));
    return request({
      method: 'REGISTER',
      uri: criterion.applicationServer,
      from: `<${this.#uri}>;tag=${tag}`,
      // TS 24.229 5.4.1.7: an identity that is not barred; the others of the set are told by `reg`.
      // [SIPPUSH TS24229.5.4.1.7-1]
      to: `<${set.associated[0]}>`,
      callId,
      cSeq,
      headers: [
        { name: 'Contact', value: `<${contact}>` },
        { name: 'Expires', value: String(end === undefined ? 0 : Math.ceil((end - now) / 1000)) },
        ...copied(registration.request),
        ...body.headers,
      ],
      body: body.content,
    });
  }

  /** TS 24.229 5.4.1.7: one part needs no multipart around it. [SIPPUSH TS24229.5.4.1.7-2] */
  #body(parts: readonly BodyPart[]): BodyPart {
    const [only = { headers: [], content: new Uint8Array(0) }, ...others] = parts;
    if (others.length === 0) return only;
    const boundary = encodeHex(this.#random(TAG_BYTES));
    const type = { name: 'Content-Type', value: `multipart/mixed; boundary=${boundary}` };
    return { headers: [type], content: encodeMultipart(parts, boundary) };
  }

  #next(set: string, { applicationServer }: FilterCriterion, isLast: boolean): Series {
    const key = `${set} ${applicationServer}`;
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

function partsOf(criterion: FilterCriterion, cause: RegisterExchange | undefined): BodyPart[] {
  const { serviceInfo, includeRegisterRequest, includeRegisterResponse } = criterion;
  const parts: BodyPart[] = [];
  if (serviceInfo !== undefined) parts.push(serviceInfoPart(serviceInfo));
  if (cause === undefined) return parts;
  if (includeRegisterRequest === true) parts.push(sipPart(cause.request));
  if (includeRegisterResponse === true) parts.push(sipPart(cause.response));
  return parts;
}

function sipPart(message: SipMessage): BodyPart {
  return {
    headers: [{ name: 'Content-Type', value: 'message/sip' }],
    content: encodeSip(message),
  };
}

/** TS 24.229 7.6.1. */
function serviceInfoPart(serviceInfo: string): BodyPart {
  const writer = new XmlWriter();
  writer.open('ims-3gpp', '', [{ name: 'version', value: '1' }]);
  writer.leaf('service-info', '', serviceInfo);
  writer.close();
  return {
    headers: [{ name: 'Content-Type', value: 'application/3gpp-ims+xml' }],
    content: encodeUtf8(writer.xml),
  };
}

function copied(register: SipRequest): readonly Header[] {
  return COPIED.flatMap((name) => headersOf(register, name).map((value) => ({ name, value })));
}
