/** Records to rows and back: absent becomes null, secrets are sealed, and nothing else changes. */
import { decodeUtf8, encodeUtf8 } from '@ueprov/protocols';
import type { Credential, HttpAccount } from '@ueprov/protocols/dm';
import type { CommandRecord, OperationRecord } from './operation-record.ts';
import type {
  DeviceRecord,
  DeviceState,
  EventRecord,
  MessageRecord,
  NodeRecord,
  ProfileNode,
  ProfileRecord,
  SessionRecord,
} from './record.ts';
import type { NewRow, Row } from './schema.ts';
import type { Seal } from './seal.ts';
import { isSecretNode } from './secret-node.ts';

/** The object without its null members. */
type Present<R> = { [K in keyof R as null extends R[K] ? never : K]: R[K] } & {
  [K in keyof R as null extends R[K] ? K : never]?: NonNullable<R[K]>;
};

function present<R extends object>(row: R): Present<R> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (value !== null) out[name] = value;
  return out as Present<R>;
}

/** What is sealed of a credential: all but the nonce, which changes every session and is no secret. */
type SealedCredential =
  | Extract<Credential, { scheme: 'basic' }>
  | Omit<Extract<Credential, { scheme: 'md5' | 'hmac' }>, 'nonce'>;

export function deviceRow(device: DeviceRecord, seal: Seal): NewRow<'device'> {
  const { HTTP } = device;
  const secrets: DeviceSecrets = {
    CLCRED: withoutNonce(device.CLCRED),
    SRVCRED: withoutNonce(device.SRVCRED),
    ...(HTTP && { HTTP }),
  };
  return {
    id: device.id,
    DevId: device.DevId,
    IMPU: device.IMPU ?? null,
    profile: device.profile ?? null,
    sealed: sealJson(secrets, seal, `device ${device.id}`),
    CLCRED_nonce: nonceOf(device.CLCRED),
    SRVCRED_nonce: nonceOf(device.SRVCRED),
  };
}

/** All credentials, without their nonces. */
export type DeviceSecrets = Readonly<Record<'CLCRED' | 'SRVCRED', SealedCredential>> & {
  readonly HTTP?: HttpAccount;
};

export function deviceSecrets({ id, sealed }: Row<'device'>, seal: Seal): DeviceSecrets {
  return openJson<DeviceSecrets>(sealed, seal, `device ${id}`);
}

export function deviceRecord(row: Row<'device'>, secrets: DeviceSecrets): DeviceRecord {
  return {
    id: row.id,
    DevId: row.DevId,
    ...(row.IMPU === null ? {} : { IMPU: row.IMPU }),
    ...(row.profile === null ? {} : { profile: row.profile }),
    CLCRED: withNonce(secrets.CLCRED, row.CLCRED_nonce),
    SRVCRED: withNonce(secrets.SRVCRED, row.SRVCRED_nonce),
    ...(secrets.HTTP && { HTTP: secrets.HTTP }),
  };
}

function withoutNonce(credential: Credential): SealedCredential {
  if (credential.scheme === 'basic') return credential;
  const { nonce: _, ...rest } = credential;
  return rest;
}

function nonceOf(credential: Credential): Uint8Array | null {
  return credential.scheme === 'basic' ? null : credential.nonce;
}

function withNonce(credential: SealedCredential, nonce: Uint8Array | null): Credential {
  if (credential.scheme === 'basic') return credential;
  return { ...credential, nonce: new Uint8Array(nonce ?? []) };
}

export function stateRecord(row: Row<'device_state'>): DeviceState {
  return present(row);
}

export function nodeRow(node: NodeRecord, seal: Seal): NewRow<'node'> {
  const isSecret = isSecretNode(node.uri);
  const { desired = null, reported = null } = node;
  return {
    device: node.device,
    uri: node.uri,
    format: node.format,
    desired: isSecret ? null : desired,
    reported: isSecret ? null : reported,
    sealed: isSecret ? sealJson({ desired, reported }, seal, nodePurpose(node)) : null,
    state: node.state,
    status: node.status ?? null,
    session: node.session ?? null,
    verifiedAt: node.verifiedAt ?? null,
  };
}

export function nodeRecord(row: Row<'node'>, seal: Seal): NodeRecord {
  const { sealed, ...rest } = row;
  if (sealed === null) return present(rest);
  const values = openJson<Pick<Row<'node'>, 'desired' | 'reported'>>(
    sealed,
    seal,
    nodePurpose(row),
  );
  return present({ ...rest, ...values });
}

function nodePurpose({ device, uri }: { readonly device: string; readonly uri: string }): string {
  return `node ${device} ${uri}`;
}

export function profileRow(profile: ProfileRecord, seal: Seal): NewRow<'profile'> {
  const sealed = sealJson(profile.nodes, seal, `profile ${profile.name}`);
  return { name: profile.name, version: profile.version, sealed };
}

export function profileRecord(row: Row<'profile'>, seal: Seal): ProfileRecord {
  const nodes = openJson<readonly ProfileNode[]>(row.sealed, seal, `profile ${row.name}`);
  return { name: row.name, version: row.version, nodes };
}

export function sessionRow(session: SessionRecord): NewRow<'session'> {
  return { ...session, device: session.device ?? null, endedAt: session.endedAt ?? null };
}

export function sessionRecord(row: Row<'session'>): SessionRecord {
  return present(row);
}

const MESSAGE_PURPOSE = 'message';

export function messageRow(message: MessageRecord, seal: Seal): NewRow<'message'> {
  const { raw, ...rest } = message;
  return {
    ...rest,
    session: message.session ?? null,
    device: message.device ?? null,
    contentType: message.contentType ?? null,
    encoding: message.encoding ?? null,
    sealed: seal.seal(raw, MESSAGE_PURPOSE),
  };
}

export function messageRecord(row: Row<'message'>, seal: Seal): MessageRecord {
  const { id: _, sealed, ...rest } = row;
  return { ...present(rest), raw: seal.open(sealed, MESSAGE_PURPOSE) };
}

export function eventRow(event: EventRecord): NewRow<'event'> {
  return { ...event, device: event.device ?? null, session: event.session ?? null };
}

export function eventRecord(row: Row<'event'>): EventRecord {
  return present(row);
}

export function operationRow(operation: OperationRecord, seal: Seal): NewRow<'operation'> {
  const { commands, ...rest } = operation;
  return {
    ...rest,
    isWaking: Number(operation.isWaking),
    isAtomic: Number(operation.isAtomic),
    session: operation.session ?? null,
    reason: operation.reason ?? null,
    finishedAt: operation.finishedAt ?? null,
    idempotencyKey: operation.idempotencyKey ?? null,
    sealed: sealJson(commands, seal, operationPurpose(operation)),
  };
}

export function operationRecord(row: Row<'operation'>, seal: Seal): OperationRecord {
  const { sealed, isWaking, isAtomic, ...rest } = row;
  const commands = openJson<readonly CommandRecord[]>(sealed, seal, operationPurpose(row));
  return { ...present(rest), isWaking: isWaking === 1, isAtomic: isAtomic === 1, commands };
}

function operationPurpose({ id }: { readonly id: string }): string {
  return `operation ${id}`;
}

function sealJson(value: unknown, seal: Seal, purpose: string): Uint8Array {
  return seal.seal(encodeUtf8(JSON.stringify(value)), purpose);
}

/** What `seal` opened, `sealJson` wrote: its authentication is the proof of its shape. */
function openJson<Value>(sealed: Uint8Array, seal: Seal, purpose: string): Value {
  return JSON.parse(decodeUtf8(seal.open(sealed, purpose))) as Value;
}
