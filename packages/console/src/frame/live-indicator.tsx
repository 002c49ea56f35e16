/** Whether the page follows the server at this moment. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { LiveCache } from '../api/live.ts';
import { LiveStream } from '../api/stream.ts';

const WORDS = {
  connecting: ['⟳', 'connecting', 'warn'],
  live: ['●', 'live', 'ok'],
  reconnecting: ['⟳', 'reconnecting', 'warn'],
} as const;

/** Opens the stream for as long as it is on the page; there is one in the frame. */
export function LiveIndicator() {
  const queries = useQueryClient();
  const [stream] = useState(() => {
    const cache = new LiveCache(queries);
    return new LiveStream(
      (changes) => cache.apply(changes),
      () => cache.applyGap(),
    );
  });
  useEffect(() => {
    stream.open();
    return () => stream.close();
  }, [stream]);
  const [sign, word, tone] = WORDS[useSyncExternalStore(stream.watch, stream.state)];
  return (
    <span className="live" data-tone={tone} role="status" aria-live="polite">
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
