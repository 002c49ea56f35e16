/**
 * The operator's devices and profiles, from the configuration into the store. What the store already knows
 * of a device (its nonces above all) outlives a restart; what the operator changed is taken over.
 */
import { decodeBase64 } from '@ueprov/protocols';
import {
  type AuthScheme,
  type Credential,
  credentialOf,
  type HttpAuthScheme,
  httpSecretOf,
} from '@ueprov/protocols/dm';
import type { DeviceFile, ServerConfig } from './config.ts';
import { wanted } from './node-record.ts';
import { type Profile, profileOf } from './profile.ts';
import type { Change, DeviceRecord, NodeRecord, ProfileNode } from './store/record.ts';
import type { Store } from './store/store.ts';
import { isSameValue, textOf } from './value.ts';

/** A fleet is more than may wait for one commit. */
const CHANGES_PER_WRITE = 1000;

/** Writes the configured profiles and devices, and what each device should hold from now on. */
export async function importAccounts(
  config: ServerConfig,
  store: Pick<Store, 'write' | 'deviceByDevId' | 'nodes'>,
): Promise<readonly Profile[]> {
  const profiles = config.profiles.map(profileOf);
  const changes: Change[] = profiles.map((profile) => ({
    kind: 'profile',
    profile: recordOf(profile),
  }));
  for (const file of config.devices) {
    const known = await store.deviceByDevId(file.DevId);
    const device = deviceRecord(file, config.dm, known);
    changes.push({ kind: 'device', device });
    const profile = profiles.find(({ name }) => name === file.profile);
    const nodes = known ? await store.nodes(known.id) : [];
    if (profile)
      changes.push({
        kind: 'nodes',
        device: device.id,
        nodes: newlyWanted(device.id, profile, nodes),
      });
  }
  for (let at = 0; at < changes.length; at += CHANGES_PER_WRITE) {
    await store.write(changes.slice(at, at + CHANGES_PER_WRITE));
  }
  return profiles;
}

/**
 * What a device that is not known is asked for: what the known ones are. Where schemes are mixed, the better one.
 * (AC-13)
 */
export function decoySchemeOf({ devices }: ServerConfig): AuthScheme {
  if (devices.length === 0) return 'md5';
  const best = (['hmac', 'md5'] as const).find((scheme) =>
    devices.some((device) => syncmlSchemeOf(device.scheme) === scheme),
  );
  return best ?? 'basic';
}

/**
 * By which HTTP scheme a device that is not known is asked, if known ones are: the better of theirs. HTTP comes before
 * SyncML, so that strangers are turned away at the door. (AC-13)
 */
export function decoyHttpOf({ devices }: ServerConfig): HttpAuthScheme | undefined {
  const schemes = devices.map(({ scheme }) => httpSchemeOf(scheme));
  return (['digest', 'basic'] as const).find((scheme) => schemes.includes(scheme));
}

/** The nodes whose desired value the store does not have yet: nothing is verified about a value just wanted. */
function newlyWanted(device: string, profile: Profile, known: readonly NodeRecord[]): NodeRecord[] {
  const before = new Map(known.map((node) => [node.uri, node.desired]));
  return profile.nodes
    .filter(({ uri, Format, Data }) => {
      const desired = before.get(uri);
      if (desired === undefined || Data === undefined) return desired !== Data || !before.has(uri);
      return !isSameValue(Format, Data, desired);
    })
    .map((node) => wanted(device, node));
}

/** What is only read is no part of the desired tree. */
function desiredOnly({ uri, Format, Type, Data }: Profile['nodes'][number]): ProfileNode[] {
  return Data === undefined ? [] : [{ uri, Format, Type, Data: textOf(Data) }];
}

function recordOf({ name, nodes }: Profile): Extract<Change, { kind: 'profile' }>['profile'] {
  return { name, version: 1, nodes: nodes.flatMap(desiredOnly) };
}

function deviceRecord(
  file: DeviceFile,
  { ServerID, realm }: ServerConfig['dm'],
  known: DeviceRecord | undefined,
): DeviceRecord {
  const { DevId, IMPU, profile, CLCRED, SRVCRED } = file;
  const httpScheme = httpSchemeOf(file.scheme);
  const scheme = syncmlSchemeOf(file.scheme);
  return {
    id: known?.id ?? DevId,
    DevId,
    ...(IMPU !== undefined && { IMPU }),
    ...(profile !== undefined && { profile }),
    CLCRED: credential(scheme, CLCRED.name, CLCRED, known?.CLCRED),
    // OMA-DMNOT 6.1: Package #0 hashes the server identifier in the place of a user name.
    SRVCRED: credential(scheme, ServerID, SRVCRED, known?.SRVCRED),
    ...(httpScheme && {
      HTTP: {
        scheme: httpScheme,
        username: CLCRED.name,
        secret: httpSecretOf(CLCRED.name, realm, CLCRED.secret),
      },
    }),
  };
}

/** OMA-DMSTDOBJ 5.3.1: AAuthType HTTP-BASIC and HTTP-DIGEST. */
function httpSchemeOf(scheme: DeviceFile['scheme']): HttpAuthScheme | undefined {
  if (scheme === 'http-basic') return 'basic';
  return scheme === 'http-digest' ? 'digest' : undefined;
}

/** HTTP proves the device and never the server, which has to do so inside the session. */
function syncmlSchemeOf(scheme: DeviceFile['scheme']): AuthScheme {
  return scheme === 'http-basic' || scheme === 'http-digest' ? 'md5' : scheme;
}

function credential(
  scheme: AuthScheme,
  name: string,
  file: { secret: string; nonce?: string | undefined },
  known: Credential | undefined,
): Credential {
  const first = file.nonce === undefined ? undefined : decodeBase64(file.nonce);
  const nonce = known && 'nonce' in known ? known.nonce : first;
  return credentialOf(scheme, name, file.secret, nonce);
}
