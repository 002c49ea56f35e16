/** Octets as lines of 16: offset, hexadecimal, ASCII. */
export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly ascii: string;
}

/** What one page shows; a whole message of this size is far over every limit of the protocol. */
export const HEX_BYTES_MAX = 65_536;

const LINE_BYTES = 16;

export function hexLines(bytes: Uint8Array): HexLine[] {
  const lines: HexLine[] = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += LINE_BYTES) {
    const octets = [...bytes.subarray(at, Math.min(at + LINE_BYTES, HEX_BYTES_MAX))];
    const pairs = octets.map((octet) => octet.toString(16).padStart(2, '0'));
    lines.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.trimEnd(),
      ascii: octets
        .map((octet) => (isPrintable(octet) ? String.fromCharCode(octet) : '·'))
        .join(''),
    });
  }
  return lines;
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}

/** `undefined` if the text is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
