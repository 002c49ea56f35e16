/**
 * The conformance kit as it is used against anybody: `ueprov conformance server` and `client` whole, against our
 * server and our UE, each a process of its own that the kit knows by its addresses alone.
 */
import assert from 'node:assert';
import { clientByKit, serverByKit } from '../../packages/cli/src/testing/kit-processes.ts';
import type { Ended } from '../../packages/cli/src/testing/program.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';

interface Result {
  readonly id: string;
  readonly clause: string;
  readonly title: string;
  readonly verdict: string;
  readonly reason?: string;
  readonly evidence: readonly { readonly from: string; readonly text: string }[];
}

/** With md5, no events and no way to tell the server what to do: cases of other settings do not apply. */
const CASES_MIN = { server: 60, client: 180 };

export const suite: Suite = {
  name: 'conformance',
  packages: [],
  async run(t: Check) {
    await t.check('ueprov conformance server: nothing failed of ueprov server run', async () => {
      examine(await serverByKit(), CASES_MIN.server);
    });
    await t.check('ueprov conformance client: nothing failed of ueprov ue run', async () => {
      examine(await clientByKit(), CASES_MIN.client);
    });
  },
};

/** Every case says by which clause, what was sent and what came, and why it is no pass. */
function examine({ code, stdout }: Ended, casesMin: number): void {
  const { results } = JSON.parse(stdout) as { results: readonly Result[] };
  const bad = results.filter(({ verdict }) => verdict === 'fail' || verdict === 'inconclusive');
  assert.deepEqual(
    bad.map(({ id, reason }) => `${id}: ${reason}`),
    [],
  );
  assert.equal(code, 0);
  const passed = results.filter(({ verdict }) => verdict === 'pass');
  assert.ok(passed.length >= casesMin, `${passed.length} of ${results.length} cases passed`);
  for (const { id, clause, title, verdict, evidence } of results) {
    assert.ok(clause !== '' && title !== '', `${id} names no rule`);
    if (verdict === 'not-applicable') continue;
    const from = new Set(evidence.map((each) => each.from));
    assert.ok(from.has('kit') && from.has('peer'), `${id} shows no messages of both sides`);
  }
}
