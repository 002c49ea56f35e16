/**
 * The options of a user interaction Alert: `MINDT=10&MAXDT=60&DR=John+Doe`.
 *
 * [DMPRO 10-6] What is not known, or not well formed, is passed over without a word. Used by user-interaction.ts.
 */

/** OMA-DMPRO 10: alphanumeric, numeric, date, time, phone number, IP address. */
export const INPUT_TYPES = ['A', 'N', 'D', 'T', 'P', 'I'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** OMA-DMPRO 10: what is typed is shown, or hidden like a password. */
export const ECHO_TYPES = ['T', 'P'] as const;
export type EchoType = (typeof ECHO_TYPES)[number];

/** Names as on the wire; times in seconds. */
export interface UserOptions {
  /** A hint: shown for so long at least. */
  readonly MINDT?: number;
  /** Waited for so long at most. */
  readonly MAXDT?: number;
  /** What is there before the user does anything: its meaning depends on the Alert. */
  readonly DR?: string;
  readonly MAXLEN?: number;
  readonly IT?: InputType;
  readonly ET?: EchoType;
}

/** An option string longer than this is read as if it were empty. */
export const OPTIONS_LENGTH_MAX = 4096;

/** Of an option that comes twice the first counts. */
export function decodeUserOptions(text: string): UserOptions {
  if (text.length > OPTIONS_LENGTH_MAX) return {};
  const pairs = text.split('&').flatMap((pair): [string, string][] => {
    const [name, value] = pair.split(/=(.*)/s);
    const decoded = decodePercent(value ?? '');
    return name === undefined || decoded === undefined ? [] : [[name.trim(), decoded]];
  });
  const given = new Map(pairs.reverse());
  const number = (name: string) => positive(given.get(name));
  const DR = given.get('DR');
  return {
    ...optional('MINDT', number('MINDT')),
    ...optional('MAXDT', number('MAXDT')),
    ...optional('DR', DR),
    ...optional('MAXLEN', number('MAXLEN')),
    ...optional(
      'IT',
      INPUT_TYPES.find((type) => type === given.get('IT')),
    ),
    ...optional(
      'ET',
      ECHO_TYPES.find((type) => type === given.get('ET')),
    ),
  };
}

export function encodeUserOptions(options: UserOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll('%20', '+')}`)
    .join('&');
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: Value });
}

/** OMA-DMPRO 10: positive integers. */
function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^0*[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** OMA-DMPRO 10: as in a URL's query, `+` for a blank. */
function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
