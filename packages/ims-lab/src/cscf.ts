/** What goes into and comes out of the engines of the P-CSCF and the S-CSCF: datagrams. */
import type { LayerEffect, LayerInput } from '@ueprov/protocols/sip';

export type CscfInput = Extract<LayerInput, { readonly kind: 'octets' | 'unreachable' }>;

export type CscfEffect = Extract<LayerEffect, { readonly kind: 'send' }>;
