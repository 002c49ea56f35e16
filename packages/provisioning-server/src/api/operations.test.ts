/** The operation resource over a real socket: asked for, waited for, read, listed, cancelled, refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { following, moved } from '../operations/operation.ts';
import type { OperationRecord } from '../store/operation-record.ts';
import { COMMANDS_MAX, DATA_LENGTH_MAX, PATIENCE_S, URI_LENGTH_MAX } from './operation-request.ts';
import { Operation, OperationPage } from './schema.ts';
import { type RunningTestApi, runApi } from './testing/running-api.ts';
import { sampleDevice } from './testing/sample-session.ts';

let api: RunningTestApi;
beforeAll(async () => {
  api = await runApi();
  const devices = ['d1', 'd2', 'nowhere'].map((id) => sampleDevice(id));
  await api.store.write(devices.map((device) => ({ kind: 'device', device })));
});
afterAll(() => api.stop());

const GET = { kind: 'get', uri: './A' };

function post(device: string, body: unknown, headers: Record<string, string> = {}) {
  return api.ask(`/devices/${device}/operations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function taken(device: string, body: unknown, headers?: Record<string, string>) {
  const response = await post(device, body, headers);
  const operation = Operation.parse(await response.json());
  await api.settled();
  return operation;
}

/** As a session would: the operation's next state, and everybody is told. */
async function move(id: string, change: (operation: OperationRecord) => OperationRecord) {
  const before = await api.store.operation(id);
  if (before === undefined) throw new Error('no such operation');
  const operation = following(before, change(before));
  await api.store.write([{ kind: 'operation', operation }]);
  api.watch.committed([{ kind: 'operation', operation }]);
}

describe('asking', () => {
  test('is answered 202 with where the operation is found, before anything was done', async () => {
    const response = await post('d1', { commands: [GET] });
    expect(response.status).toBe(202);
    const operation = Operation.parse(await response.json());
    expect(operation).toMatchObject({ state: 'queued', kind: 'get', uri: './A', count: 1 });
    expect(response.headers.get('location')).toBe(`/api/v1/operations/${operation.id}`);
    await api.settled();
    const found = await api.read(`/operations/${operation.id}`);
    expect(Operation.parse(found)).toMatchObject({ state: 'woken', wake: 'queued' });
  });

  test('of a device that cannot be woken says why it waits', async () => {
    const { id } = await taken('nowhere', { commands: [GET] });
    expect(await api.read(`/operations/${id}`)).toMatchObject({
      state: 'queued',
      reason: 'Not registered.',
    });
  });

  test("AC-36: to delete this server's own account is 409, and what to do; taken with force", async () => {
    const commands = [{ kind: 'delete', uri: './DMAcc/ours' }];
    const refused = await post('d1', { commands });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'SELF_LOCKOUT',
      detail: expect.stringContaining('with force'),
    });
    const { id } = await taken('d1', { commands, force: true, wake: false });
    await api.ask(`/operations/${id}/cancel`, { method: 'POST' });
  });

  test('with one Idempotency-Key twice is one operation, and 422 if it is another', async () => {
    const key = { 'idempotency-key': 'key-1' };
    const first = await taken('d2', { commands: [GET] }, key);
    expect((await taken('d2', { commands: [GET] }, key)).id).toBe(first.id);
    const other = await post('d2', { commands: [{ ...GET, uri: './B' }] }, key);
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'KEY_REUSED' });
  });

  test.each([
    ['no command', { commands: [] }],
    [
      `more than ${COMMANDS_MAX}`,
      { commands: Array.from({ length: COMMANDS_MAX + 1 }, () => GET) },
    ],
    ['an unknown kind', { commands: [{ kind: 'move', uri: './A' }] }],
    ['an address with a blank', { commands: [{ kind: 'get', uri: './A B' }] }],
    ['an address with a control character', { commands: [{ kind: 'get', uri: './A\u0007' }] }],
    ['an address too long', { commands: [{ kind: 'get', uri: 'x'.repeat(URI_LENGTH_MAX + 1) }] }],
    ['a replace without data', { commands: [{ kind: 'replace', uri: './A' }] }],
    ['a copy without source', { commands: [{ kind: 'copy', uri: './A' }] }],
    ['a delete with data', { commands: [{ kind: 'delete', uri: './A', data: 'x' }] }],
    [
      'data that is not base64',
      { commands: [{ kind: 'add', uri: './A', data: 'x', encoding: 'base64' }] },
    ],
    ['an atomic get', { atomic: true, commands: [GET] }],
    ['an atomic that reads an ACL', { atomic: true, commands: [{ kind: 'acl', uri: './A' }] }],
    ['a member that is not known', { commands: [GET], urgent: true }],
    ['no time', { commands: [GET], timeout: 0 }],
    ['too much time', { commands: [GET], timeout: PATIENCE_S.max + 1 }],
    [
      'too much data',
      { commands: [{ kind: 'add', uri: './A', data: 'x'.repeat(DATA_LENGTH_MAX + 1) }] },
    ],
  ])('for %s is 400 in words, and nothing is stored', async (_, body) => {
    const before = await api.store.openOperations('d1');
    const response = await post('d1', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'INVALID', detail: expect.any(String) });
    expect(await api.store.openOperations('d1')).toHaveLength(before.length);
  });

  test('at the limits it is taken', async () => {
    const uri = 'x'.repeat(URI_LENGTH_MAX);
    const data = 'x'.repeat(DATA_LENGTH_MAX);
    const commands = Array.from({ length: COMMANDS_MAX }, () => GET);
    expect((await post('d1', { commands, timeout: PATIENCE_S.max })).status).toBe(202);
    expect((await post('d1', { commands: [{ kind: 'add', uri, data }] })).status).toBe(202);
  });

  test('for more than a request may hold is 413; for an unknown device 404', async () => {
    const data = 'x'.repeat(DATA_LENGTH_MAX);
    const commands = [1, 2].map(() => ({ kind: 'add', uri: './A', data }));
    expect((await post('d1', { commands })).status).toBe(413);
    expect((await post('nobody', { commands: [GET] })).status).toBe(404);
  });
});

describe('waiting', () => {
  test('Prefer: wait gives the result when it is there, with 200', async () => {
    const { id } = await taken('d1', { commands: [GET] });
    const waiting = api.ask(`/operations/${id}`, { headers: { prefer: 'respond-async, wait=30' } });
    await move(id, (operation) => moved(operation, 'taken', 5, { session: 's' }));
    await move(id, (operation) => ({
      ...moved(operation, 'succeeded', 6),
      commands: [
        {
          kind: 'get',
          uri: './A',
          state: 'answered',
          status: 200,
          results: [{ uri: './A', format: 'chr', type: 'text/plain', data: 'x', encoding: 'text' }],
        },
      ],
    }));
    const response = await waiting;
    expect(response.headers.get('preference-applied')).toBe('wait=30');
    expect(await response.json()).toMatchObject({
      state: 'succeeded',
      commands: [{ status: 200, statusText: 'OK', results: [{ data: 'x' }] }],
    });
  });

  test('with If-None-Match gives the next change, and 304 where none came', async () => {
    const { id, version } = Operation.parse(
      await (await post('nowhere', { commands: [GET], wake: false })).json(),
    );
    const headers = { 'if-none-match': `"${version}"`, prefer: 'wait=30' };
    const waiting = api.ask(`/operations/${id}`, { headers });
    await move(id, (operation) => moved(operation, 'taken', 5, { session: 's' }));
    const changed = await waiting;
    expect(changed.headers.get('etag')).toBe(`"${version + 1}"`);
    expect(await changed.json()).toMatchObject({ state: 'in-session' });
    const none = await api.ask(`/operations/${id}`, {
      headers: { 'if-none-match': `"${version + 1}"`, prefer: 'wait=0' },
    });
    expect(none.status).toBe(304);
  });
});

describe('lists', () => {
  test('newest first, in pages, by state', async () => {
    const ids = [];
    for (let count = 0; count < 3; count++) {
      ids.unshift((await taken('d2', { commands: [GET], wake: false })).id);
    }
    const first = OperationPage.parse(await api.read('/devices/d2/operations?limit=2'));
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const path = `/devices/d2/operations?limit=1&cursor=${first.next}`;
    expect(OperationPage.parse(await api.read(path)).items[0]?.id).toBe(ids[2]);
    const ended = await api.read('/devices/d2/operations?state=succeeded');
    expect(OperationPage.parse(ended).items).toEqual([]);
    expect((await api.ask('/devices/nobody/operations')).status).toBe(404);
  });
});

describe('cancelling', () => {
  test('ends what waits, once', async () => {
    const { id } = await taken('d2', { commands: [GET] });
    const cancel = () => api.ask(`/operations/${id}/cancel`, { method: 'POST' });
    expect(await (await cancel()).json()).toMatchObject({ state: 'cancelled' });
    const again = await cancel();
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'NOT_CANCELLABLE' });
    expect((await api.ask('/operations/nothing/cancel', { method: 'POST' })).status).toBe(404);
    expect((await api.ask('/operations/nothing')).status).toBe(404);
  });
});

test('AC-53: no secret leaves: neither what was asked for nor what the device told', async () => {
  const hush = 'a-secret-value';
  const secret = './DMAcc/1/AppAuth/1/AAuthSecret';
  const commands = [{ kind: 'replace', uri: secret, data: hush }];
  const { id } = await taken('d2', { commands, force: true });
  await move(id, (operation) => moved(operation, 'taken', 5, { session: 's' }));
  const result = { format: 'chr', type: 'text/plain', encoding: 'text' } as const;
  await move(id, (operation) => ({
    ...moved(operation, 'succeeded', 6),
    commands: [
      ...operation.commands,
      {
        kind: 'list',
        uri: './DMAcc',
        list: 'StructData',
        state: 'answered',
        status: 200,
        results: [
          { ...result, uri: secret, data: hush },
          { ...result, uri: './DMAcc/1/Name', data: 'shown' },
          { ...result, uri: './DMAcc/1/AppAuth/1', format: 'node', data: 'AAuthName/AAuthSecret' },
        ],
      },
      {
        kind: 'list',
        uri: './DMAcc',
        list: 'TNDS',
        state: 'answered',
        status: 200,
        results: [{ ...result, data: `<NodeName>AAuthSecret</NodeName><Value>${hush}</Value>` }],
      },
    ],
  }));
  const shown = JSON.stringify(await api.read(`/operations/${id}`));
  expect(shown).not.toContain(hush);
  expect(shown).toContain('shown');
  expect(shown).toContain('AAuthName/AAuthSecret');
});
