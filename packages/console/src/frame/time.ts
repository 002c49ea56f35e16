/** Times of the API (RFC 3339, UTC) as the operator wants to read them. */

export type Zone = 'UTC' | 'local';

/** `2026-03-01 14:02:03.123` in the zone. */
export function wallClock(iso: string, zone: Zone): string {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) return iso;
  const shiftMin = zone === 'UTC' ? 0 : -instant.getTimezoneOffset();
  return atOffset(instant.getTime(), shiftMin);
}

/** The same, `minutes` east of UTC. */
export function atOffset(epochMs: number, minutes: number): string {
  return new Date(epochMs + minutes * 60_000).toISOString().replace('T', ' ').slice(0, 23);
}

/** A span in the unit that reads best: `12 ms`, `1.35 s`, `2 min 5 s`. */
export function span(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** `812 B`, `14.2 kB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
