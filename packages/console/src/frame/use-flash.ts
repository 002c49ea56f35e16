/** Lights a row up for a moment when what it shows has changed. */
import { type RefObject, useEffect, useRef } from 'react';

const FLASH_MS = 1400;

export function useFlash<T>(shown: T): RefObject<HTMLTableRowElement | null> {
  const row = useRef<HTMLTableRowElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    row.current?.animate(
      [{ backgroundColor: 'var(--flash)' }, { backgroundColor: 'transparent' }],
      { duration: FLASH_MS, easing: 'ease-out' },
    );
  }, [shown]);
  return row;
}
