/** Values to octets of application/reginfo+xml (RFC 3680 §5.4, RFC 5628 §4). Used by registrars. */
import { concatBytes, encodeUtf8 } from '../bytes.ts';
import type { Attribute } from '../cursor.ts';
import { XmlWriter } from '../xml/index.ts';
import {
  GRUUINFO_NAMESPACE,
  REGINFO_NAMESPACE,
  type Reginfo,
  type ReginfoContact,
} from './reginfo.ts';

const PROLOG = encodeUtf8('<?xml version="1.0" encoding="UTF-8"?>\n');

export function encodeReginfo({ version, state, registrations }: Reginfo): Uint8Array {
  const writer = new XmlWriter();
  writer.open('reginfo', REGINFO_NAMESPACE, attributes({ version, state }));
  for (const { aor, id, state: itsState, contacts } of registrations) {
    writer.open('registration', REGINFO_NAMESPACE, attributes({ aor, id, state: itsState }));
    for (const contact of contacts) writeContact(writer, contact);
    writer.close();
  }
  writer.close();
  return concatBytes(PROLOG, writer.finish());
}

/** The order of the elements is the schema's. */
function writeContact(writer: XmlWriter, contact: ReginfoContact): void {
  const { uri, displayName, unknownParams, pubGruu, tempGruu } = contact;
  writer.open('contact', REGINFO_NAMESPACE, contactAttributes(contact));
  writer.leaf('uri', REGINFO_NAMESPACE, uri);
  if (displayName !== undefined) writer.leaf('display-name', REGINFO_NAMESPACE, displayName);
  for (const { name, value } of unknownParams) {
    writer.open('unknown-param', REGINFO_NAMESPACE, attributes({ name }));
    writer.text(value);
    writer.close();
  }
  if (pubGruu !== undefined) {
    writer.empty('pub-gruu', GRUUINFO_NAMESPACE, attributes({ uri: pubGruu }));
  }
  if (tempGruu !== undefined) {
    const { uri: itsUri, firstCseq } = tempGruu;
    const named = attributes({ uri: itsUri, 'first-cseq': firstCseq });
    writer.empty('temp-gruu', GRUUINFO_NAMESPACE, named);
  }
  writer.close();
}

function contactAttributes(contact: ReginfoContact): readonly Attribute[] {
  const { id, state, event, durationRegistered, expires, retryAfter, q, callid, cseq } = contact;
  return attributes({
    id,
    state,
    event,
    'duration-registered': durationRegistered,
    expires,
    'retry-after': retryAfter,
    q,
    callid,
    cseq,
  });
}

function attributes(
  values: Readonly<Record<string, string | number | undefined>>,
): readonly Attribute[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  );
}
