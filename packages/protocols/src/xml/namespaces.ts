/** Which namespace a prefix stands for, by the element that is open. Namespaces in XML 1.0 §3, §5, §6. */

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

interface Binding {
  readonly prefix: string;
  readonly namespace: string;
  /** Depth of the element that declares it. */
  readonly depth: number;
}

/** Used by `XmlCursor`. */
export class Namespaces {
  readonly #bindings: Binding[] = [{ prefix: 'xml', namespace: XML, depth: 0 }];

  /** The namespace of a prefix, '' being the default one; undefined if none was declared. */
  resolve(prefix: string): string | undefined {
    for (let index = this.#bindings.length - 1; index >= 0; index--) {
      const binding = this.#bindings[index];
      if (binding?.prefix === prefix) return binding.namespace;
    }
    return prefix === '' ? '' : undefined;
  }

  /** Declarations that hold for what is open. */
  get count(): number {
    return this.#bindings.length - 1;
  }

  /** False if the declaration is none that may be made. Namespaces in XML 1.0 §3, §6.1. */
  declare(prefix: string, namespace: string, depth: number): boolean {
    if (prefix === 'xmlns' || namespace === XMLNS) return false;
    if ((prefix === 'xml') !== (namespace === XML)) return false;
    if (prefix !== '' && namespace === '') return false;
    this.#bindings.push({ prefix, namespace, depth });
    return true;
  }

  /** The element at `depth` was closed: what it declared ends. */
  leave(depth: number): void {
    while (this.#bindings[this.#bindings.length - 1]?.depth === depth) this.#bindings.pop();
  }
}
