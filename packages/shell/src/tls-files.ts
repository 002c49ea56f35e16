/** The TLS part of an actor's configuration: PEM texts, or the files that hold them. */
import { readFile } from 'node:fs/promises';
import type { SipTls } from './tls.ts';

/** As a parser of configuration gives it. */
export type NamedTls = { readonly [Part in keyof SipTls]?: SipTls[Part] | undefined };

/** Reads what is named; rejects with the file that cannot be read. */
export async function readSipTls(named: NamedTls): Promise<SipTls> {
  const { isMutual, port } = named;
  const [key, cert, ca] = await Promise.all(
    [named.key, named.cert, named.ca].map((text) => text && pemOf(text)),
  );
  return {
    ...(isMutual !== undefined && { isMutual }),
    ...(port !== undefined && { port }),
    ...(key !== undefined && { key }),
    ...(cert !== undefined && { cert }),
    ...(ca !== undefined && { ca }),
  };
}

async function pemOf(text: string): Promise<string> {
  if (text.startsWith('-----BEGIN ')) return text;
  try {
    return await readFile(text, 'utf8');
  } catch (cause) {
    throw new Error(`${text} cannot be read`, { cause });
  }
}
