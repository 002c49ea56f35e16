/**
 * The attributes of one start tag, as places in the document: no text is made before it is asked for. XML 1.0 §3.1,
 * §3.3.3; Namespaces in XML 1.0 §5, §6.
 *
 * Used by `XmlCursor`.
 */
import { DOCUMENT_LIMITS } from '../cursor.ts';
import { isWordAt } from './references.ts';
import type { XmlSource } from './source.ts';

/** Where one attribute stands. Those of earlier tags are overwritten. */
export interface AttributePlace {
  /** Index of the name, of its local part, and past it; both first are the same where it has no prefix. */
  name: number;
  local: number;
  nameEnd: number;
  value: number;
  valueEnd: number;
  /** The kinds of octets of the value. */
  kinds: number;
}

export class AttributePlaces {
  readonly places: readonly AttributePlace[] = Array.from(
    { length: DOCUMENT_LIMITS.attributes },
    () => ({ name: 0, local: 0, nameEnd: 0, value: 0, valueEnd: 0, kinds: 0 }),
  );
  count = 0;

  /** From the name of a start tag to its `>` or `/>`, which is left. */
  read(source: XmlSource): void {
    this.count = 0;
    while (source.skipSpace()) {
      const next = source.bytes[source.at];
      if (next === GREATER || next === SLASH) return;
      const place = this.places[this.count];
      if (place === undefined) {
        throw source.refuse('too many attributes in one element', 'XML_ATTRIBUTES');
      }
      readOne(source, place);
      this.count += 1;
    }
  }

  /**
   * Throws if two attributes have one name, prefixes aside: what has prefixes of the same namespace is compared by
   * `namespaceOf`, which also throws if a prefix was not declared.
   */
  requireUnique(source: XmlSource, namespaceOf: (place: AttributePlace) => string): void {
    const { places, count } = this;
    for (let later = 0; later < count; later++) {
      const place = places[later] as AttributePlace;
      const isPrefixed = place.local > place.name;
      if (isPrefixed) namespaceOf(place);
      for (let index = 0; index < later; index++) {
        const earlier = places[index] as AttributePlace;
        if (!isSame(source.bytes, place, earlier)) continue;
        // Namespaces in XML 1.0 §6.2: what has no prefix is in no namespace.
        if (isPrefixed !== earlier.local > earlier.name) continue;
        if (isPrefixed && namespaceOf(place) !== namespaceOf(earlier)) continue;
        throw source.refuse('an attribute twice');
      }
    }
  }
}

/** True if the local names are the same. */
function isSame(bytes: Uint8Array, a: AttributePlace, b: AttributePlace): boolean {
  const length = a.nameEnd - a.local;
  if (length !== b.nameEnd - b.local) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[a.local + index] !== bytes[b.local + index]) return false;
  }
  return true;
}

/** True for `xmlns` and what has it as its prefix. */
export function isDeclaration(
  bytes: Uint8Array,
  { name, local, nameEnd }: AttributePlace,
): boolean {
  if (!isWordAt(bytes, name, 'xmlns')) return false;
  return local > name ? local - name === 'xmlns:'.length : nameEnd - name === 'xmlns'.length;
}

function readOne(source: XmlSource, place: AttributePlace): void {
  const { bytes } = source;
  place.name = source.at;
  const colon = source.skipQualifiedName();
  place.local = colon < 0 ? place.name : colon + 1;
  place.nameEnd = source.at;
  source.skipSpace();
  if (!source.take('=')) throw source.refuse('an attribute without a value');
  source.skipSpace();
  const quote = bytes[source.at];
  if (quote !== 0x22 && quote !== 0x27) throw source.refuse('a value without quotes');
  source.at += 1;
  place.value = source.at;
  place.kinds = source.skipValue(quote);
  place.valueEnd = source.at - 1;
}

const GREATER = 0x3e;
const SLASH = 0x2f;
