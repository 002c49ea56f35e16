/**
 * B6: the codec. Each of the twelve messages of `bench/corpus`, from octets to the typed message and back, in both
 * spellings; beside libwbxml's C conversion for WBXML and beside a bare pass of saxes for XML. CPU time per message,
 * as geometric mean over the twelve; median, least and greatest of the rounds.
 */
import { decodeSyncML, encodeSyncML } from '@ueprov/protocols/syncml';
import { type Sample, samples } from './b6/corpus.ts';
import { Libwbxml } from './b6/libwbxml.ts';
import { saxesPass } from './b6/saxes-pass.ts';
import { type Bench, interleave, ownCpuMs, ratios, summary } from './method.ts';

/** Each message is coded for this long in each round. */
const SLICE_MS = 40;
const ROUNDS = 7;

export const bench: Bench = {
  id: 'B6',
  title: 'codec: microseconds per message, beside libwbxml and saxes',
  async *run() {
    const corpus = samples();
    using libwbxml = Libwbxml.compile(corpus);
    const wbxml = libwbxml && { name: libwbxml.version, of: converter(libwbxml, corpus) };
    const saxes = { name: 'saxes 6.0.0', of: { decode: pass(corpus), encode: pass(corpus) } };
    for (const [encoding, peer] of [
      ['wbxml', wbxml],
      ['xml', saxes],
    ] as const) {
      for (const op of ['decode', 'encode'] as const) {
        const ours = () => each(corpus, (sample) => code(op, encoding, sample));
        yield { encoding, op, ...(await measured(ours, peer?.name, peer?.of[op])) };
      }
    }
  },
};

/** Microseconds for each message of the corpus. */
type Round = () => readonly number[];

function code(op: 'decode' | 'encode', encoding: 'xml' | 'wbxml', sample: Sample): unknown {
  if (op === 'encode') return encodeSyncML(sample.message, encoding);
  return decodeSyncML(sample[encoding], encoding);
}

function pass(corpus: readonly Sample[]): Round {
  return () => each(corpus, ({ xml }) => saxesPass(xml));
}

function converter(peer: Libwbxml, corpus: readonly Sample[]): Record<'decode' | 'encode', Round> {
  return {
    decode: () => peer.convert('wbxml', corpus, SLICE_MS),
    encode: () => peer.convert('xml', corpus, SLICE_MS),
  };
}

function each(corpus: readonly Sample[], work: (sample: Sample) => unknown): number[] {
  return corpus.map((sample) => {
    // As many in a row as take the slice: a clock asked after each would cost more than the smallest message.
    for (let count = 16; ; count *= 2) {
      const start = ownCpuMs();
      for (let turn = 0; turn < count; turn++) work(sample);
      const spent = ownCpuMs() - start;
      if (spent >= SLICE_MS) return (spent * 1000) / count;
    }
  });
}

async function measured(ours: Round, peer?: string, peerRound?: Round): Promise<object> {
  const none = (): readonly number[] => [];
  const taken = await interleave(
    async () => geometricMean(ours()),
    async () => geometricMean((peerRound ?? none)()),
    ROUNDS,
  );
  const figures = { usPerMessage: summary(taken.ours), runs: taken.ours.length };
  if (peer === undefined) return figures;
  return {
    ...figures,
    peer,
    peerUsPerMessage: summary(taken.floor),
    ratioToPeer: summary(ratios(taken.ours, taken.floor)),
  };
}

function geometricMean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + Math.log(value), 0);
  return Math.exp(sum / values.length);
}
