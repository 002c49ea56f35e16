/** The look: system fonts, small sizes, one accent. Colours of states and protocols: `styles.css`. */
import { createTheme } from '@mantine/core';

/** Mantine's dark greys with some blue in them, so that its controls sit well on our page. */
const NIGHT = [
  '#dfe3e8',
  '#c3c9d1',
  '#a3abb5',
  '#8a939f',
  '#3a424d',
  '#2d343e',
  '#21262e',
  '#15181d',
  '#101317',
  '#0b0d10',
] as const;

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 7,
  colors: { dark: NIGHT },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
