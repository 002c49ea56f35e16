/**
 * [REPPRO 7-1] Alert codes in words: the only ones that OMA DM has. OMA-DMREPPRO 1.2 §5.4 (the list).
 *
 * Compared by test with `vectors/registry/dm-alert.csv`. Used by the session engines, traces, the console.
 */

/** The name of an alert code; of an unknown one `Unknown alert`. */
export function alertText(code: string | number): string {
  return ALERT_TEXTS.get(Number(code)) ?? 'Unknown alert';
}

export const ALERT_TEXTS: ReadonlyMap<number, string> = new Map([
  [1100, 'DISPLAY'],
  [1101, 'CONFIRM OR REJECT'],
  [1102, 'TEXT INPUT'],
  [1103, 'SINGLE CHOICE'],
  [1104, 'MULTIPLE CHOICE'],
  [1200, 'SERVER-INITIATED MGMT'],
  [1201, 'CLIENT-INITIATED MGMT'],
  [1222, 'NEXT MESSAGE'],
  [1223, 'SESSION ABORT'],
  [1224, 'CLIENT EVENT'],
  [1225, 'NO END OF DATA'],
  [1226, 'GENERIC ALERT'],
]);
