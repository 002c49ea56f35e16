/**
 * An operator's command as the DM engine takes it, and what the device tells as the store keeps it.
 * OMA-DMREPPRO 6, OMA-DMTND 7 (properties) and 8.4 (lists).
 */
import { decodeBase64 } from '@ueprov/protocols';
import type { Operation, OperationValue } from '@ueprov/protocols/dm';
import type { CommandRecord, ResultRecord, ValueRecord } from '../store/operation-record.ts';

/** `correlator`: what an Exec is known by when its end is told later. */
export function wireOperation(command: CommandRecord, id: string, correlator: string): Operation {
  const { kind, uri, source, prop, list, format, type, value } = command;
  const carrying = {
    ...(format !== undefined && { Format: format }),
    ...(type !== undefined && { Type: type }),
    ...(value !== undefined && { Data: dataOf(value) }),
  };
  switch (kind) {
    case 'get':
      return { id, kind: 'Get', uri: withProperty(uri, prop) };
    case 'list':
      return { id, kind: 'Get', uri: list === undefined ? uri : `${uri}?list=${list}` };
    case 'replace':
      return { id, kind: 'Replace', uri: withProperty(uri, prop), ...carrying };
    case 'add':
      return { id, kind: 'Add', uri, ...carrying };
    case 'delete':
      return { id, kind: 'Delete', uri };
    case 'exec':
      return { id, kind: 'Exec', uri, Correlator: correlator, ...carrying };
    case 'copy':
      return { id, kind: 'Copy', uri, source: source ?? '' };
    case 'acl':
      return {
        id,
        kind: value === undefined ? 'Get' : 'Replace',
        uri: withProperty(uri, 'ACL'),
        ...(value !== undefined && { Format: 'chr', ...carrying }),
      };
  }
}

export function resultRecord(value: OperationValue & { readonly uri?: string }): ResultRecord {
  const { uri, Format, Type, Data } = value;
  return {
    ...(uri !== undefined && { uri }),
    format: Format,
    type: Type,
    ...(typeof Data === 'string'
      ? { data: Data, encoding: 'text' }
      : { data: Buffer.from(Data).toString('base64'), encoding: 'base64' }),
  };
}

/** OMA-DMTND 7.1: a property is addressed behind the node. */
function withProperty(uri: string, prop: string | undefined): string {
  return prop === undefined ? uri : `${uri}?prop=${prop}`;
}

function dataOf({ data, encoding }: ValueRecord): string | Uint8Array {
  return encoding === 'text' ? data : decodeBase64(data);
}
