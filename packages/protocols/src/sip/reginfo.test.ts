import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import {
  CONTACT_COUNT_MAX,
  REGINFO_BYTES_MAX,
  REGINFO_NAMESPACE,
  REGINFO_NUMBER_MAX,
  REGINFO_TEXT_LENGTH_MAX,
  REGISTRATION_COUNT_MAX,
  type Reginfo,
  UNKNOWN_PARAM_COUNT_MAX,
} from './reginfo.ts';
import { decodeReginfo } from './reginfo-decode.ts';
import { encodeReginfo } from './reginfo-encode.ts';

/** Two identities of one set, with all that RFC 3680 and RFC 5628 can say. */
const FULL: Reginfo = {
  version: 0,
  state: 'full',
  registrations: [
    {
      aor: 'sip:alice@home.example',
      id: 'r1',
      state: 'active',
      contacts: [
        {
          id: 'c1',
          state: 'active',
          event: 'registered',
          uri: 'sip:alice@192.0.2.7:5060;transport=tcp',
          displayName: 'Alice & "Bob" <x>',
          durationRegistered: 12,
          expires: 3600,
          q: '0.5',
          callid: 'a1@192.0.2.7',
          cseq: 2,
          pubGruu: 'sip:alice@home.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
          tempGruu: { uri: 'sip:tgruu.7hs==jd7@home.example;gr', firstCseq: 2 },
          unknownParams: [
            { name: '+sip.instance', value: '"<urn:uuid:0c6f>"' },
            { name: '+g.oma.pusheventapp', value: '"x-wap-application:syncml.dm"' },
            { name: 'ob', value: '' },
          ],
        },
      ],
    },
    { aor: 'tel:+15551230000', id: 'r2', state: 'terminated', contacts: [] },
  ],
};

function document(inner: string, head = 'version="0" state="full"'): Uint8Array {
  return encodeUtf8(`<reginfo xmlns="${REGINFO_NAMESPACE}" ${head}>${inner}</reginfo>`);
}
const contact = (inner: string, head = 'id="c" state="active" event="created"') =>
  `<registration aor="sip:a@b" id="r" state="active"><contact ${head}>${inner}</contact></registration>`;
const URI = '<uri>sip:a@c</uri>';

function codeOf(bytes: Uint8Array): string {
  try {
    decodeReginfo(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

test('what is written can be read', () => {
  expect(decodeReginfo(encodeReginfo(FULL))).toEqual(FULL);
});

test('as a registrar writes it, with prefixes and elements of others', () => {
  const bytes = encodeUtf8(`<?xml version="1.0"?>
<r:reginfo xmlns:r="${REGINFO_NAMESPACE}" xmlns:gr="urn:ietf:params:xml:ns:gruuinfo"
    xmlns:e="urn:3gpp:ns:extRegExp:1.0" version="7" state="partial">
  <e:other><r:registration aor="sip:no@home.example" id="no" state="active"/></e:other>
  <r:registration aor="sip:alice@home.example" id="as9" state="active">
    <e:wildcardedIdentity>sip:x@y</e:wildcardedIdentity>
    <r:contact id="76" state="active" event="registered" duration-registered="7322" q="0.8">
      <r:uri> sip:alice@pc.home.example </r:uri>
      <r:unknown-param name="+sip.instance">"&lt;urn:uuid:1&gt;"</r:unknown-param>
      <gr:pub-gruu uri="sip:alice@home.example;gr=1"/>
      <gr:temp-gruu uri="sip:t@home.example;gr" first-cseq="54301"/>
      <gr:other/>
    </r:contact>
  </r:registration>
</r:reginfo>`);
  expect(decodeReginfo(bytes)).toEqual({
    version: 7,
    state: 'partial',
    registrations: [
      {
        aor: 'sip:alice@home.example',
        id: 'as9',
        state: 'active',
        contacts: [
          {
            id: '76',
            state: 'active',
            event: 'registered',
            durationRegistered: 7322,
            q: '0.8',
            uri: 'sip:alice@pc.home.example',
            pubGruu: 'sip:alice@home.example;gr=1',
            tempGruu: { uri: 'sip:t@home.example;gr', firstCseq: 54_301 },
            unknownParams: [{ name: '+sip.instance', value: '"<urn:uuid:1>"' }],
          },
        ],
      },
    ],
  });
});

describe('bad documents [AC-24]', () => {
  test.each([
    ['another root', encodeUtf8('<presence/>'), 'REGINFO_ROOT'],
    ['another namespace', encodeUtf8('<reginfo version="0" state="full"/>'), 'REGINFO_ROOT'],
    ['no version', document('', 'state="full"'), 'REGINFO_VALUE'],
    ['a version that is none', document('', 'version="-1" state="full"'), 'REGINFO_VALUE'],
    ['no state', document('', 'version="0"'), 'REGINFO_VALUE'],
    ['another state', document('', 'version="0" state="half"'), 'REGINFO_VALUE'],
    ['no aor', document('<registration id="r" state="active"/>'), 'REGINFO_VALUE'],
    ['no id', document('<registration aor="a" state="active"/>'), 'REGINFO_VALUE'],
    ['a contact without uri', document(contact('')), 'REGINFO_VALUE'],
    ['another event', document(contact(URI, 'id="c" state="active" event="x"')), 'REGINFO_VALUE'],
    ['a parameter without name', document(contact(`${URI}<unknown-param/>`)), 'REGINFO_VALUE'],
    ['a declaration', encodeUtf8('<!DOCTYPE a [<!ENTITY b "c">]><a/>'), 'XML_DTD_REFUSED'],
    ['no XML at all', encodeUtf8('reginfo'), 'XML_SYNTAX'],
  ])('%s', (_name, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });
});

describe('limits, each at it and one past it', () => {
  const numbered = (value: number) =>
    document(contact(URI, `id="c" state="active" event="created" expires="${value}"`));
  const registrations = (count: number) =>
    document('<registration aor="sip:a@b" id="r" state="init"/>'.repeat(count));
  const contacts = (count: number) => {
    const one = `<contact id="c" state="active" event="created">${URI}</contact>`;
    return document(
      `<registration aor="a" id="r" state="active">${one.repeat(count)}</registration>`,
    );
  };
  const params = (count: number) =>
    document(contact(`${URI}${'<unknown-param name="a">b</unknown-param>'.repeat(count)}`));
  const long = (length: number) => document(contact(`<uri>${'u'.repeat(length)}</uri>`));
  const padded = (length: number) => document(' '.repeat(length - document('').length));

  test.each([
    ['octets', padded, REGINFO_BYTES_MAX, 'REGINFO_LENGTH'],
    ['characters of a text', long, REGINFO_TEXT_LENGTH_MAX, 'REGINFO_LENGTH'],
    ['a number', numbered, REGINFO_NUMBER_MAX, 'REGINFO_VALUE'],
    ['registrations', registrations, REGISTRATION_COUNT_MAX, 'REGINFO_COUNT'],
    ['contacts', contacts, CONTACT_COUNT_MAX, 'REGINFO_COUNT'],
    ['parameters', params, UNKNOWN_PARAM_COUNT_MAX, 'REGINFO_COUNT'],
  ])('%s', (_name, make, max, code) => {
    expect(codeOf(make(max))).toBe('none');
    expect(codeOf(make(max + 1))).toBe(code);
  });
});
