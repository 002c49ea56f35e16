/** Figure 8 on real sockets: registration, third-party REGISTER, Package #0, DM session, event; in both spellings. */
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Lab, type LabOptions, startLab } from '../packages/cli/src/lab/lab.ts';
import { report } from '../packages/cli/src/lab/progress.ts';

const PROV_UE_1 = 4000970000;

async function finishedLab(options: Partial<LabOptions> = {}): Promise<Lab> {
  const done = Promise.withResolvers<void>();
  const lab = await startLab({
    ues: 1,
    encoding: 'wbxml',
    onProgress: (progress) => progress.isDone && done.resolve(),
    ...options,
  });
  onTestFinished(() => lab.close());
  await done.promise;
  return lab;
}

test.each(['wbxml', 'xml'] as const)(
  'UEs register, are woken, provisioned, verified and say so, in %s [R-5.3.1-1] [R-6.7-2] [R-6.7-4] [R-6.7-6] [R-6.7-11] [R-6.7-12]',
  async (encoding) => {
    const lab = await finishedLab({ ues: 2, encoding });
    for (const ue of lab.progress.ues.map(report)) {
      expect(ue).toMatchObject({ configured: true, events: [PROV_UE_1], encoding, auth: 'md5' });
      expect(ue).toMatchObject({ sipAuth: 'digest', transport: 'udp', security: 'none' });
      expect(ue.verified).toBeGreaterThanOrEqual(10);
      const times = ['UE-1', 'UE-2', 'UE-3', 'UE-4'].map((step) => ue.steps[step as 'UE-1'] ?? '');
      expect(times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time))).toBe(
        true,
      );
      expect(times.toSorted()).toEqual(times);
    }
  },
);

test.each([
  ['basic', 'wbxml'],
  ['hmac', 'wbxml'],
  ['hmac', 'xml'],
  ['http-digest', 'wbxml'],
  ['http-basic', 'xml'],
] as const)(
  'the same with %s in %s: the line says what was on the wire',
  async (auth, encoding) => {
    const lab = await finishedLab({ encoding, auth });
    expect(lab.progress.ues.map(report)).toMatchObject([{ configured: true, auth, encoding }]);
  },
);

test('the arrows of a UE come in the order of Figure 8, between the boxes that it names', async () => {
  const arrows: string[] = [];
  await finishedLab({
    onArrow: (_ue, { from, to, label }) => arrows.push(`${from} > ${to}: ${label}`),
  });
  const expected = [
    'UE > P-CSCF: REGISTER',
    'P-CSCF > UE: 401 Unauthorized',
    'S-CSCF > P-CSCF: 200 OK',
    'S-CSCF > Prov. Server: REGISTER',
    'Prov. Server > S-CSCF: MESSAGE Pkg#0',
    'P-CSCF > UE: MESSAGE Pkg#0',
    'UE > P-CSCF: 200 OK',
    'UE > Prov. Server: Pkg#1 Alert 1200',
    'UE > Prov. Server: Pkg#1 Alert 1201',
  ];
  const places = expected.map((arrow) => arrows.indexOf(arrow));
  expect(places).not.toContain(-1);
  expect(places.toSorted((a, b) => a - b)).toEqual(places);
});

test('--keep leaves the store, the trees, the log and every address, and takes no folder twice', async () => {
  const keep = await mkdtemp(join(tmpdir(), 'ueprov-keep-'));
  const lab = await finishedLab({ keep });
  const addresses = JSON.parse(await readFile(join(keep, 'lab.json'), 'utf8'));
  expect(addresses).toMatchObject({ api: lab.apiUrl, dm: lab.dmUrl, ues: [{ name: 'ue1' }] });
  const tree = JSON.parse(await readFile(join(keep, 'ue1', 'tree.json'), 'utf8'));
  expect(JSON.stringify(tree)).toContain('stun.ims.test');
  expect((await stat(join(keep, 'server', 'store.sqlite'))).size).toBeGreaterThan(0);
  expect(await readFile(join(keep, 'lab.log'), 'utf8')).toContain('ue1 info: registered');
  await expect(startLab({ ues: 1, encoding: 'wbxml', keep })).rejects.toThrow(
    'holds a lab already',
  );
});

test('the API tells of a session what was sent and what came back', async () => {
  const lab = await finishedLab();
  const headers = { Authorization: `Bearer ${lab.token}` };
  const read = async (path: string) =>
    (await fetch(`${lab.apiUrl}/api/v1${path}`, { headers })).json() as Promise<never>;
  const [device] = ((await read('/devices')) as { items: { id: string; config: string }[] }).items;
  expect(device).toMatchObject({ config: 'verified', registered: true });
  const sessions = await read(`/devices/${encodeURIComponent(device!.id)}/sessions`);
  const { items } = sessions as { items: { id: string; trigger: string }[] };
  expect(items.map(({ trigger }) => trigger).sort()).toEqual(['client', 'server']);
  const first = items.find(({ trigger }) => trigger === 'server');
  const session = await read(`/sessions/${first!.id}`);
  const { trace } = session as {
    trace: { label: string; commands: { kind: string; status: string | null }[] }[];
  };
  expect(trace.map(({ label }) => label)).toEqual(
    expect.arrayContaining(['MESSAGE Pkg#0', 'Pkg#1 Alert 1200']),
  );
  const gets = trace.flatMap(({ commands }) => commands).filter(({ kind }) => kind === 'Get');
  expect(gets.filter(({ status }) => status === '200').length).toBeGreaterThanOrEqual(10);
  expect((await fetch(`${lab.apiUrl}/api/v1/devices`)).status).toBe(401);
});
