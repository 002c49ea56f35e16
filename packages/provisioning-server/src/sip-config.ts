/** What an operator says about wakes: how many a P-CSCF is given. Part of config.ts; docs/wake.md explains. */
import { ProtocolError } from '@ueprov/protocols';
import { decodeUri } from '@ueprov/protocols/sip';
import { z } from 'zod';

export const WakeSettings = z.strictObject({
  /** MESSAGEs to one P-CSCF in a second. */
  perSecond: z.number().min(1).max(100_000).default(500),
  /** MESSAGEs to one P-CSCF that wait for an answer. */
  atOnce: z.int().min(1).max(100_000).default(1000),
});

/** When the reg event package is asked for more than the third-party REGISTERs told. */
export const RegEventMode = z.enum(['never', 'when-needed', 'always']);

/** A name that goes into headers: nothing but the URI that it says it is. (AC-29) */
export const SipIdentity = z
  .string()
  .max(255)
  .refine((text) => isUriOf(text, ['sip']), { error: 'a SIP URI' });

/** A public identity: sip, sips or tel. */
export const PublicIdentity = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => isUriOf(text, ['sip', 'tel']), { error: 'a SIP or tel URI' });

function isUriOf(text: string, kinds: readonly string[]): boolean {
  try {
    return kinds.includes(decodeUri(text).kind);
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
