/**
 * The MESSAGE of a wake: Package #0 for one device, wrapped as a push, and the way it goes.
 *
 * PKT-SP-UE-PROV 6.2.4; OMA-DMNOT 6. The server is the DM Notifier and its own Push Sender Agent, with no PPG between, unless
 * the operator has it push through another's. [R-6.2.4-5] [R-6.2.4-6] [R-6.3.4-2] [R-6.3.4-3]
 * [R-6.3.4-6]
 */
import { ProtocolError, type Random } from '@ueprov/protocols';
import { NONCE_ZERO, syncmlHash } from '@ueprov/protocols/digest';
import type { Credential } from '@ueprov/protocols/dm';
import { encodePackage0, notificationRequest } from '@ueprov/protocols/push';
import {
  decodeSipOnlyUri,
  retryAfter,
  type SipRequest,
  type SipResponse,
  type SipUri,
  type TransportAddress,
  uriParameter,
} from '@ueprov/protocols/sip';
import type { DeviceRecord } from './store/record.ts';

export interface WakeMessage {
  readonly device: DeviceRecord;
  readonly IMPU: string;
  readonly ServerID: string;
  /** The server's own SIP URI. */
  readonly identity: string;
  /** URI of the S-CSCF. */
  readonly route: string | undefined;
  readonly SessionID: number;
  readonly isNonceInDoubt: boolean;
  readonly random: Random;
}

/** Package #0 for the device: what an initiator hands to a gateway, and what our own MESSAGE carries. */
export function wakePackage0(
  message: Pick<WakeMessage, 'device' | 'ServerID' | 'SessionID' | 'isNonceInDoubt'>,
): Uint8Array {
  const { device, ServerID, SessionID, isNonceInDoubt } = message;
  return encodePackage0(
    { uiMode: 'background', initiator: 'server', SessionID, ServerID },
    package0Hash(device.SRVCRED, ServerID),
    // OMA-DMNOT 6.2.1: with the special nonce a device whose nonce was lost comes back, and gets a new one.
    isNonceInDoubt ? NONCE_ZERO : notificationNonce(device.SRVCRED),
  );
}

export function wakeRequest(message: WakeMessage): SipRequest {
  const { IMPU, identity, route, random } = message;
  const unique = Buffer.from(random(18)).toString('hex');
  return notificationRequest({
    IMPU,
    from: identity,
    fromTag: unique.slice(0, 12),
    callId: unique.slice(12),
    cSeq: 1,
    ...(route !== undefined && { route }),
    package0: wakePackage0(message),
  });
}

/** The next hop that a Route names. Throws `SIP_URI` for what is no SIP URI. */
export function targetOf(route: string): TransportAddress {
  const uri = decodeSipOnlyUri(route, 'route');
  const transport = transportOf(uri);
  return {
    address: uri.host.replace(/^\[|\]$/g, ''),
    port: uri.port ?? (transport === 'tls' ? DEFAULT_SIPS_PORT : DEFAULT_SIP_PORT),
    ...(transport !== undefined && { transport }),
  };
}

/** A Retry-After that cannot be read is none. */
export function waitOf(response: SipResponse): { readonly retryAfterS?: number } {
  try {
    const retryAfterS = retryAfter(response);
    return retryAfterS === undefined ? {} : { retryAfterS };
  } catch (error) {
    if (error instanceof ProtocolError) return {};
    throw error;
  }
}

const DEFAULT_SIP_PORT = 5060;
const DEFAULT_SIPS_PORT = 5061;

/** RFC 3261 §19.1.2, §26.2.2; UDP is what a TransportAddress without transport means. */
function transportOf(uri: SipUri): 'tcp' | 'tls' | undefined {
  const transport = uriParameter(uri, 'transport')?.toLowerCase();
  if (uri.scheme === 'sips' || transport === 'tls') return 'tls';
  return transport === 'tcp' ? 'tcp' : undefined;
}

/** OMA-DMNOT 6.1: B64(H(server-identifier:password)); where SRVCRED is a hash, its name is the ServerID. */
function package0Hash(credential: Credential, ServerID: string): string {
  return credential.scheme === 'basic' ? syncmlHash(ServerID, credential.secret) : credential.hash;
}

/** OMA-DMNOT 6.2.1: the special nonce where there is no other; a UE tries it too (I-3). */
function notificationNonce(credential: Credential): Uint8Array {
  return 'nonce' in credential && credential.nonce.length > 0 ? credential.nonce : NONCE_ZERO;
}
