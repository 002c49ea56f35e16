/**
 * Secrets of a SIP message made unreadable, octet for octet: what proves an identity in its credentials.
 *
 * RFC 3261 §22, RFC 7616 §3.4, RFC 3310 (auts). Works on any octets, whether they are a SIP message or not, and
 * also on a request that lies in the body of another (third-party REGISTER, 3GPP 24.229 5.4.1.7).
 */

/** A header that carries a proof, with the lines that continue it (RFC 3261 §7.3.1). */
const PROOF_HEADERS =
  /^((?:proxy-)?authorization|(?:proxy-)?authentication-info)[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)/gim;

const PROOF_PARAMETERS =
  /\b(response|cnonce|nextnonce|rspauth|auts)([ \t\r\n]*=[ \t\r\n]*)("(?:[^"\\]|\\.)*"|[^\s,]+)/gi;

/** The same number of octets, with each proof overwritten by `*`. */
export function maskSip(raw: Uint8Array): Uint8Array {
  // Latin-1 gives every octet a character of its own.
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
  const masked = text.replace(PROOF_HEADERS, (line, name: string, value: string) => {
    const head = line.slice(0, line.length - value.length);
    const isInfo = name.toLowerCase().endsWith('info');
    return (
      head +
      (isInfo || /^[ \t\r\n]*digest[ \t\r\n]/i.test(value) ? maskDigest(value) : stars(value))
    );
  });
  return new Uint8Array(Buffer.from(masked, 'latin1'));
}

function maskDigest(value: string): string {
  return value.replace(
    PROOF_PARAMETERS,
    (_, name: string, equals: string, proof: string) => name + equals + stars(proof),
  );
}

/** Quotes, line breaks and the blanks of continued lines stay: the message keeps its shape. */
function stars(proof: string): string {
  return proof.replace(/[^\s"]/g, '*');
}
