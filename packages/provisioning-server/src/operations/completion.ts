/**
 * The end of an Exec that went on after its session: the Alert 1226 that carries its Correlator.
 * OMA-DMPRO 8.7, OMA-DMREPPRO 6.6.5. Pure; used by session.ts.
 */
import type { Instant } from '@ueprov/protocols';
import { type Alert, effectiveMeta, type Item } from '@ueprov/protocols/syncml';
import type { OperationRecord, ResultRecord } from '../store/operation-record.ts';
import { settled } from './operation.ts';
import { resultRecord } from './wire.ts';

/** Alerts of one message that may each end an operation. */
export const COMPLETIONS_MAX = 16;

/** The Correlators of a message's Alerts, each once. */
export function correlatorsOf(commands: readonly { readonly kind: string }[]): readonly string[] {
  const found = commands.flatMap((command) => {
    const { kind, Data, Correlator } = command as Partial<Alert> & { readonly kind: string };
    return kind === 'Alert' && Data === '1226' && Correlator !== undefined ? [Correlator] : [];
  });
  return [...new Set(found)].slice(0, COMPLETIONS_MAX);
}

export function isAwaiting({ state, commands }: OperationRecord): boolean {
  return state === 'running' && commands.some((command) => command.state === 'running');
}

/** The Alert says that it has ended. Every Exec of one operation has the one Correlator: it ends the first of them. */
export function completed(operation: OperationRecord, alert: Alert, now: Instant): OperationRecord {
  const ending = operation.commands.findIndex(({ state }) => state === 'running');
  const results = alert.Items.map(alertResult);
  const outcome = results.map(resultCode).find((code) => code !== undefined);
  const commands = operation.commands.map((command, index) =>
    index === ending
      ? ({
          ...command,
          state: 'answered',
          results,
          ...(outcome !== undefined && { outcome }),
        } as const)
      : command,
  );
  return settled({ ...operation, commands }, now);
}

function alertResult(item: Item): ResultRecord {
  const { Format = 'chr', Type = 'text/plain' } = effectiveMeta(undefined, item.Meta);
  const uri = item.Source?.LocURI;
  return resultRecord({ Format, Type, Data: item.Data ?? '', ...(uri !== undefined && { uri }) });
}

/** FUMO, SCOMO and others send the bare code or XML that holds it; what has no code is a success. spec/notes.md */
const RESULT_CODE = /^\s*(\d{3,4})\s*$|<ResultCode>\s*(\d{3,4})\s*</;

function resultCode({ data, encoding }: ResultRecord): number | undefined {
  const [, bare, inside] = encoding === 'text' ? (RESULT_CODE.exec(data) ?? []) : [];
  const code = bare ?? inside;
  return code === undefined ? undefined : Number(code);
}
