/** Operations as the API shows them: times in words, absence as null, secrets as stars. */
import { isSecretContent, isSecretUri, statusText } from '@ueprov/protocols/syncml';
import type {
  CommandRecord,
  OperationRecord,
  ResultRecord,
  ValueRecord,
} from '../store/operation-record.ts';
import type { DeviceState } from '../store/record.ts';
import { timeOf } from './device-view.ts';
import type { Operation, OperationCommand, OperationResult, OperationSummary } from './schema.ts';

export function operationSummary(operation: OperationRecord): OperationSummary {
  const { id, device, kind, state, reason, commands, session, finishedAt } = operation;
  return {
    id,
    device,
    kind,
    state,
    reason: reason ?? null,
    uri: commands[0]?.uri ?? '',
    count: commands.length,
    session: session ?? null,
    createdAt: timeOf(operation.createdAt),
    deadline: timeOf(operation.deadline),
    finishedAt: finishedAt === undefined ? null : timeOf(finishedAt),
  };
}

export function operationView(
  operation: OperationRecord,
  device: DeviceState | undefined,
): Operation {
  return {
    ...operationSummary(operation),
    version: operation.version,
    attempt: operation.attempt,
    atomic: operation.isAtomic,
    waking: operation.isWaking,
    wake: device?.wake ?? 'idle',
    wakeReason: device?.wakeReason ?? null,
    commands: operation.commands.map(commandView),
  };
}

function commandView(command: CommandRecord): OperationCommand {
  const { kind, uri, source, prop, list, format, type, state, status, outcome } = command;
  const value = command.value && masked(command.value, uri);
  return {
    kind,
    uri,
    source: source ?? null,
    prop: prop ?? null,
    list: list ?? null,
    format: format ?? null,
    type: type ?? null,
    data: value?.data ?? null,
    encoding: value?.encoding ?? 'text',
    state,
    status: status ?? null,
    statusText: status === undefined ? null : statusText(status),
    outcome: outcome ?? null,
    results: (command.results ?? []).map((result) => resultView(result, command)),
  };
}

/** A property tells of a secret node nothing that is secret. */
function resultView(
  result: ResultRecord,
  { uri: asked, prop, kind }: CommandRecord,
): OperationResult {
  const { uri = asked, format, type, data, encoding } = result;
  const isProperty = prop !== undefined || kind === 'acl';
  const shown = isProperty ? { data, encoding } : masked({ data, encoding }, uri);
  return { uri: result.uri ?? null, format, type, ...shown };
}

const STARS = '*****';

function masked(value: ValueRecord, uri: string): ValueRecord {
  return isSecretUri(uri) || isSecretContent(value.data)
    ? { data: STARS, encoding: 'text' }
    : value;
}
