/**
 * Which of PROV-UE-1 to PROV-UE-4 a DM session comes to. PKT-SP-UE-PROV Table 8.
 *
 * The table says "profiles", a word from times before OMA DM. Read as: what a server wrote in a
 * session. Used by the UE when a session ends.
 */

/** A command that was run on the tree, in the order of running. */
export interface ExecutedCommand {
  readonly name: string;
  readonly uri: string;
  readonly status: number;
}

export interface ProvisioningSession {
  /** False if the session broke off: aborted, timed out, not authenticated to the end. */
  readonly isCompleted: boolean;
  readonly commands: readonly ExecutedCommand[];
  /** What the UE cannot work without and has not got (`missingObjects` of the tree). */
  readonly missing: readonly string[];
}

export type ProvisioningEventName = 'PROV-UE-1' | 'PROV-UE-2' | 'PROV-UE-3' | 'PROV-UE-4';

/** Commands that configure; the others only look, or act. */
const CONFIGURING = new Set(['Add', 'Replace', 'Delete', 'Copy']);

/** How a server finds out whether a node is there: no fault, if what it then does succeeds. */
const PROBES = new Set([404, 418]);

/**
 * The event to raise, or undefined where nothing was configured: a session that reads, or that
 * carries an alert. A node counts as its last command left it; an earlier failure that was made
 * good is a warning.
 */
export function provisioningOutcome(
  session: ProvisioningSession,
): ProvisioningEventName | undefined {
  const commands = session.commands.filter(({ name }) => CONFIGURING.has(name));
  if (commands.length === 0) return undefined;
  if (!session.isCompleted || session.missing.length > 0) return 'PROV-UE-4';
  const last = new Map(commands.map((command) => [command.uri, command]));
  if ([...last.values()].some(isFailure)) return 'PROV-UE-3';
  return commands.some(isWarning) ? 'PROV-UE-2' : 'PROV-UE-1';
}

function isFailure({ status }: ExecutedCommand): boolean {
  return status >= 400;
}

/** What was not simply done: skipped or undone (215, 216, 304), or failed and made good. */
function isWarning({ status }: ExecutedCommand): boolean {
  if (PROBES.has(status)) return false;
  return status === 215 || status === 216 || status >= 300;
}
