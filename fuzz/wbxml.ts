/** Any octets to the WBXML cursor: it comes to its end, or throws one ProtocolError that says where. */
import { decodeHex } from '@ueprov/protocols';
import { WbxmlCursor } from '@ueprov/protocols/wbxml';
import { seedMessages } from './messages.ts';
import type { FuzzTarget } from './target.ts';
import { walk } from './walk.ts';

/** Every global token once: string table, LITERAL in its four forms, STR_T, ENTITY, PI, extensions, OPAQUE, pages. */
const DOCUMENTS = [
  '0100006a0561006200006d44000101',
  '03a4016a04610062004305030078000184020501016d840005030079000184028302c40204000301830002821a01c3020a0b40780080028183000001',
  '0200006a1d2d2f2f53594e434d4c2f2f4454442053796e634d4c20312e322f2f454e6d6c01010101',
  'a0',
];

export const target: FuzzTarget = {
  name: 'wbxml',
  seeds: [...DOCUMENTS.map(decodeHex), ...seedMessages('wbxml')],
  run: decode,
  decode,
};

function decode(bytes: Uint8Array): void {
  walk(() => new WbxmlCursor(bytes), bytes);
}
