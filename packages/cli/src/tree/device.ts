/** Which device is meant: by its id, its IMPU, or any part of them that only one has. */
import type { Device } from '@ueprov/provisioning-server/api';
import type { ApiClient } from '../api-client.ts';
import { CommandFailure, EXIT, UsageError } from '../exit.ts';

interface DeviceList {
  readonly items: readonly Device[];
  readonly next: string | null;
}

/** Devices named where the name fits several. */
const NAMED_MAX = 5;

/** Throws CommandFailure where there is none, UsageError where it could be several. */
export async function deviceNamed(client: ApiClient, name: string): Promise<string> {
  const path = `/devices?limit=200&q=${encodeURIComponent(name)}`;
  const { body } = await client.ask<DeviceList>(path);
  const items = body?.items ?? [];
  const exact = items.filter((device) => namesOf(device).includes(name));
  const fitting = exact.length > 0 ? exact : items;
  const [first, ...others] = fitting;
  if (first === undefined) {
    throw new CommandFailure(EXIT.failed, `no device has ${name} in its DevId, IMPU, Man or Mod`);
  }
  if (others.length === 0 && (exact.length > 0 || body?.next === null)) return first.id;
  const ids = fitting.slice(0, NAMED_MAX).map(({ id, IMPU }) => `  ${id}  ${IMPU ?? ''}`);
  throw new UsageError(`${name} could be any of several devices, name one:\n${ids.join('\n')}`);
}

/** `ue1` for sip:ue1@example.net. */
function namesOf({ id, DevId, IMPU }: Device): readonly (string | undefined)[] {
  return [id, DevId, IMPU ?? undefined, /^sips?:([^@]+)@/.exec(IMPU ?? '')?.[1]];
}
