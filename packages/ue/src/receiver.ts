/**
 * The DM Notification Receiver (UE-3): a MESSAGE from the core, its answer, and the session that it asks for.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-3, Appendix I step 3; OMA-DMNOT 6.2.1: what cannot be verified is answered like what can,
 * and ignored, so that a forger learns nothing. [DMNOT 6.1-1] [R-6.2.3-2] [R-6.3.1-2] [R-6.7-7]
 */
import { encodeHex } from '@ueprov/protocols';
import {
  type Package0Verdict,
  receiveNotification,
  sessionIdText,
  verifyPackage0,
} from '@ueprov/protocols/push';
import { responseTo, type SipRequest, type SipResponse } from '@ueprov/protocols/sip';
import type { ServerAccount } from './account.ts';
import type { AnsweredNotifications } from './answered-notifications.ts';
import type { Notified } from './flow.ts';

export interface Reception {
  readonly response: SipResponse;
  /** A server of ours wants a session. */
  readonly wanted?: Notified;
  /** Why nothing follows, for the log. */
  readonly ignored?: string;
}

export function receive(
  message: SipRequest,
  accounts: readonly ServerAccount[],
  answered: AnsweredNotifications,
  toTag: string,
): Reception {
  const reception = receiveNotification(message);
  if (reception.kind === 'refused') {
    const { status, headers, reason } = reception;
    return { response: responseTo(message, status, { toTag, headers }), ignored: reason };
  }
  // RFC 3428 §7: neither body nor Contact. [SIPPUSH RFC3428.7-1]
  const response = responseTo(message, 200, { toTag });
  if (reception.kind === 'ignored') return { response, ignored: reception.error.toString() };
  const { package0 } = reception;
  const { ServerID, SessionID } = package0;
  // Quoted: whoever sent it chose the text, and the log is read by people.
  const what = `Package #0 of ${JSON.stringify(ServerID)}`;
  const account = accounts.find((each) => each.ServerID === ServerID);
  if (account?.notification === undefined) {
    return { response, ignored: `${what}, for which there is no account` };
  }
  const { hash, nonce } = account.notification;
  const verdict: Package0Verdict = verifyPackage0(package0, hash, nonce);
  if (verdict === 'wrong') return { response, ignored: `${what}: wrong digest` };
  const digest = encodeHex(package0.digest);
  // A session for it has been there already. (AC-21)
  if (answered.has(digest)) return { response, ignored: `${what} again, whose session is over` };
  return {
    response,
    wanted: {
      kind: 'package0',
      ServerID,
      SessionID: sessionIdText(SessionID),
      isDefaultNonce: verdict === 'ok-default-nonce',
      digest,
    },
  };
}
