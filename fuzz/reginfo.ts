/**
 * Fuzz target `reginfo`: any octets give a document or a ProtocolError; what was read is the same after it was written
 * and read again; whatever comes after whatever, what a subscriber keeps stays within its bounds.
 */
import assert from 'node:assert';
import { ProtocolError } from '@ueprov/protocols';
import {
  CONTACT_COUNT_MAX,
  decodeReginfo,
  encodeReginfo,
  REGISTRATION_COUNT_MAX,
  type Reginfo,
  type ReginfoView,
  takeReginfo,
} from '@ueprov/protocols/sip';

const text = (document: string) => new TextEncoder().encode(document);

const CONTACT = `<contact id="c1" state="active" event="registered" expires="3600" q="0.5" cseq="2" callid="a1"
  retry-after="9" duration-registered="1"><uri>sip:alice@192.0.2.7</uri><display-name xml:lang="en">A</display-name>
  <unknown-param name="+sip.instance">"&lt;urn:uuid:0c6f&gt;"</unknown-param><unknown-param name="ob"/>
  <gr:pub-gruu uri="sip:alice@home.example;gr=1"/><gr:temp-gruu uri="sip:t@home.example;gr" first-cseq="2"/>
</contact>`;

const FULL = text(`<?xml version="1.0"?>
<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" xmlns:gr="urn:ietf:params:xml:ns:gruuinfo" version="0" state="full">
 <registration aor="sip:alice@home.example" id="r1" state="active">${CONTACT}</registration>
 <registration aor="tel:+15551230000" id="r2" state="init"/>
</reginfo>`);
const PARTIAL =
  text(`<r:reginfo xmlns:r="urn:ietf:params:xml:ns:reginfo" version="1" state="partial">
 <r:registration aor="sip:alice@home.example" id="r1" state="terminated">
  <r:contact id="c1" state="terminated" event="expired"><r:uri>sip:alice@192.0.2.7</r:uri></r:contact>
 </r:registration>
</r:reginfo>`);

const FIRST = decodeReginfo(FULL);

function run(bytes: Uint8Array): void {
  const document = decodeOrRefuse(bytes);
  if (document === undefined) return;
  const again = decodeOrRefuse(encodeReginfo(document));
  // What stood at the limit of octets may pass it with its names written out.
  if (again !== undefined) assert.deepEqual(again, document, 'it changes when written and read');
  let view: ReginfoView | undefined;
  for (const each of [document, FIRST, document]) {
    const outcome = takeReginfo(view, each);
    if (outcome.kind !== 'old') view = outcome.view;
    assert((view?.registrations.length ?? 0) <= REGISTRATION_COUNT_MAX);
    for (const { contacts } of view?.registrations ?? []) {
      assert(contacts.length <= CONTACT_COUNT_MAX);
    }
  }
}

function decodeOrRefuse(bytes: Uint8Array): Reginfo | undefined {
  try {
    return decodeReginfo(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

export const target = { name: 'reginfo', seeds: [FULL, PARTIAL], run, decode: decodeOrRefuse };
