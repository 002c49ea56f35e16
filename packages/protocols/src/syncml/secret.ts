/** What in a message is secret. DMAcc 1.2, PacketCable UE-DATA, ConnMO. Used by `mask.ts`. */

/** Nodes that hold a secret, by the last segment of their address. */
const SECRET_NODES = [
  'AAuthSecret',
  'AAuthData',
  'AuthSecret',
  'Credentials',
  'STUNRelayCreds',
] as const;

const SECRET_NAMES: ReadonlySet<string> = new Set(SECRET_NODES.map((name) => name.toLowerCase()));

/** True if the address names a node whose value is secret; its query, case and escapes do not matter. */
export function isSecretUri(uri: string): boolean {
  const path = uri.replace(/\?.*$/s, '').replace(/[/\s]+$/, '');
  const segment = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return SECRET_NAMES.has(segment) || SECRET_NAMES.has(unescapePercent(segment));
}

function unescapePercent(segment: string): string {
  return segment.replace(/%[0-9a-f]{2}/g, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)).toLowerCase(),
  );
}

/** True if Data (octets as one character each) holds secret nodes inside: a TNDS, plain or as base64. */
export function isSecretContent(content: string): boolean {
  return NODES_INSIDE.test(content) || (/^[\w+/=\s]+$/.test(content) && isEncodedSecret(content));
}

/** Not the bare name: an interior node's list of children (`AAuthName/AAuthSecret`) is no secret. */
const NODES_INSIDE = new RegExp(`(?:^|[^\\w/])(?:${SECRET_NODES.join('|')})(?:[^\\w/]|$)`);

function isEncodedSecret(content: string): boolean {
  const octets = Buffer.from(content, 'base64').toString('latin1');
  return NODES_INSIDE.test(octets);
}
