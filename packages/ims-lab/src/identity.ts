/** When two public identities are the same. Used by the HSS, the registrar and the P-CSCF's flows. */
import { decodeUri, encodeUri, type Uri } from '@ueprov/protocols/sip';

/** A public identity in the form in which two are compared: no parameters, host without case. */
export function identityOf(IMPU: string | Uri): string {
  const uri = typeof IMPU === 'string' ? decodeUri(IMPU) : IMPU;
  if (uri.kind === 'tel') return encodeUri({ ...uri, parameters: [] });
  if (uri.kind === 'other') return encodeUri(uri);
  const { user, host, port } = uri;
  return encodeUri({
    kind: 'sip',
    scheme: 'sip',
    ...(user === undefined ? {} : { user }),
    host: host.toLowerCase(),
    ...(port === undefined ? {} : { port }),
    parameters: [],
  });
}
