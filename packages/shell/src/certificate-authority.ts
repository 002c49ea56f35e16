/**
 * A certificate authority for a laboratory and for tests: made at the start, kept in memory, gone at
 * the end. X.509 by pkijs, keys by the runtime's Web Crypto. `@ueprov/shell/certificates`.
 */
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
} from 'pkijs';

/** PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const HASH = 'SHA-256';
const DAY_MS = 86_400_000;
/** RFC 5280 §4.2.1 and appendix A; what asn1js and pkijs take for them. */
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXT_KEY_USAGE = '2.5.29.37';
const SUBJECT_ALT_NAME = '2.5.29.17';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const NAME_URI = 6;
const NAME_DNS = 2;
const NAME_ADDRESS = 7;
const KEY_CERT_SIGN = 0x04;

const engine = new CryptoEngine({ crypto: webcrypto as typeof globalThis.crypto, name: 'node' });

export class CertificateAuthority {
  /** Its own certificate: what others have to trust. */
  readonly cert: string;
  readonly #certificate: Certificate;
  readonly #keys: Keys;

  static async create(commonName: string): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const certificate = newCertificate(commonName, commonName);
    certificate.extensions = [
      extension(BASIC_CONSTRAINTS, new BasicConstraints({ cA: true }).toSchema(), true),
      extension(KEY_USAGE, bits(KEY_CERT_SIGN), true),
    ];
    await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine);
    const identifier = await keyIdentifier(certificate);
    certificate.extensions.push(extension(SUBJECT_KEY_IDENTIFIER, identifier, false));
    await certificate.sign(keys.privateKey, HASH, engine);
    return new CertificateAuthority(certificate, keys);
  }

  private constructor(certificate: Certificate, keys: Keys) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.cert = pem('CERTIFICATE', certificate.toSchema().toBER());
  }

  /** For these IP addresses, `sip:` URIs and DNS names, as a server and as a client. */
  async issue(names: readonly [string, ...string[]]): Promise<Credentials> {
    const keys = await newKeys();
    const issuer = this.#certificate.subject;
    const certificate = newCertificate(names[0], undefined);
    certificate.issuer = issuer;
    const authority = new AuthorityKeyIdentifier({
      keyIdentifier: await keyIdentifier(this.#certificate),
    });
    const usages = new ExtKeyUsage({ keyPurposes: [SERVER_AUTH, CLIENT_AUTH] });
    certificate.extensions = [
      extension(BASIC_CONSTRAINTS, new BasicConstraints({ cA: false }).toSchema(), true),
      extension(AUTHORITY_KEY_IDENTIFIER, authority.toSchema(), false),
      extension(EXT_KEY_USAGE, usages.toSchema(), false),
      extension(
        SUBJECT_ALT_NAME,
        new GeneralNames({ names: names.map(generalName) }).toSchema(),
        false,
      ),
    ];
    await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine);
    await certificate.sign(this.#keys.privateKey, HASH, engine);
    return { key: keys.pem, cert: pem('CERTIFICATE', certificate.toSchema().toBER()) };
  }
}

/** A key as pkijs knows it. */
type Key = Parameters<Certificate['sign']>[0];

interface Keys {
  readonly publicKey: Key;
  readonly privateKey: Key;
  readonly pem: string;
}

async function newKeys(): Promise<Keys> {
  const pair = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  return {
    publicKey: pair.publicKey as Key,
    privateKey: pair.privateKey as Key,
    pem: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)),
  };
}

/** Without key and signature; the issuer is left out if it is not the subject. */
function newCertificate(subject: string, issuer: string | undefined): Certificate {
  const certificate = new Certificate({ version: 2 });
  // RFC 5280 §4.1.2.2: positive, and of octets that nobody foretells.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  certificate.serialNumber = new Integer({ valueHex: new Uint8Array(serial).buffer });
  certificate.subject.typesAndValues.push(nameOf(subject));
  if (issuer !== undefined) certificate.issuer.typesAndValues.push(nameOf(issuer));
  certificate.notBefore.value = new Date(Date.now() - DAY_MS);
  certificate.notAfter.value = new Date(Date.now() + 30 * DAY_MS);
  return certificate;
}

/** RFC 5280 §4.2.1.2, method 1. */
async function keyIdentifier({ subjectPublicKeyInfo }: Certificate): Promise<OctetString> {
  const key = subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  return new OctetString({ valueHex: await webcrypto.subtle.digest('SHA-1', new Uint8Array(key)) });
}

function nameOf(text: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type: COMMON_NAME, value: new Utf8String({ value: text }) });
}

function generalName(text: string): GeneralName {
  if (isIP(text) !== 0) {
    return new GeneralName({
      type: NAME_ADDRESS,
      value: new OctetString({ valueHex: addressOctets(text).buffer }),
    });
  }
  return new GeneralName({ type: text.startsWith('sip:') ? NAME_URI : NAME_DNS, value: text });
}

/** The 4 or 16 octets of an address. */
function addressOctets(text: string): Uint8Array<ArrayBuffer> {
  if (isIP(text) === 4) return Uint8Array.from(text.split('.'), Number);
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [front, back] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return Uint8Array.from(
    [...front, ...zeros, ...back].flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}

function extension(
  extnID: string,
  schema: { toBER(): ArrayBuffer },
  isCritical: boolean,
): Extension {
  return new Extension({ extnID, critical: isCritical, extnValue: schema.toBER() });
}

function bits(octet: number): BitString {
  return new BitString({ valueHex: Uint8Array.of(octet).buffer, unusedBits: 2 });
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
