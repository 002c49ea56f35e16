/** Which nodes hold secrets: their values are sealed at rest and never shown. DMACC 5.3.9, STUN relay of the IMS MO. */

const SECRET_LEAVES = new Set([
  'AAuthSecret',
  'AAuthData',
  'AuthSecret',
  'Credentials',
  'STUNRelayCreds',
]);

export function isSecretNode(uri: string): boolean {
  // `./A/B?prop=Value` names the same node.
  const [path = ''] = uri.split('?', 1);
  return SECRET_LEAVES.has(path.slice(path.lastIndexOf('/') + 1));
}
