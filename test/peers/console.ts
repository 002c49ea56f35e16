/**
 * The console in a real browser, on a real lab: UEs register and are provisioned while the pages are open.
 *
 * Chromium is the peer: it decides whether the pages work under the server's Content-Security-Policy,
 * and axe-core whether people can read them (WCAG 2.2 AA).
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startLab } from '../../packages/cli/src/lab/lab.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const UES = 3;
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const suite: Suite = {
  name: 'console',
  packages: ['chromium'],
  async run(t) {
    const consoleDir = await mkdtemp(join(tmpdir(), 'ueprov-console-'));
    try {
      // Only here: whoever lists the suites does not have to wait for a bundler.
      const { build } = await import('vite');
      await build({
        root: join(ROOT, 'packages/console'),
        logLevel: 'error',
        build: { outDir: consoleDir, emptyOutDir: true },
      });
      const lab = await startLab({ ues: UES, encoding: 'wbxml', consoleDir });
      try {
        assert(lab.token, 'the lab has no token');
        await checkConsole(t, lab.apiUrl, lab.token);
      } finally {
        await lab.close();
      }
    } finally {
      await rm(consoleDir, { recursive: true, force: true });
    }
  },
};

/** Every check, on a console with at least one device that is or soon will be verified. */
export async function checkConsole(t: Check, url: string, token: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: BROWSER_ARGUMENTS,
  });
  try {
    await checkSignIn(t, browser, url, token);
    for (const scheme of ['dark', 'light'] as const) {
      const { page, troubles, close } = await openSignedIn(browser, url, token, scheme);
      await checkPages(t, page, url, scheme);
      await t.check(`${scheme}: nothing failed, nothing was asked of another host`, () =>
        assert.deepEqual(troubles, []),
      );
      await close();
    }
  } finally {
    await browser.close();
  }
}

async function checkSignIn(t: Check, browser: Browser, url: string, token: string): Promise<void> {
  const page = await browser.newPage();
  await t.check('a wrong token is refused in words, the right one lets in', async () => {
    await page.goto(`${url}/devices`);
    const field = page.getByLabel('Access token');
    await field.fill('not-the-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not known here').waitFor();
    await field.fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
  });
  await t.check('signing out shows the sign-in form again', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
  });
  await page.close();
}

type Scheme = 'dark' | 'light';

async function openSignedIn(browser: Browser, url: string, token: string, colorScheme: Scheme) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) troubles.push(`asked ${request.url()}`);
  });
  await page.goto(`${url}/devices#token=${token}`);
  return { page, troubles, close: () => context.close() };
}

async function checkPages(t: Check, page: Page, url: string, scheme: Scheme): Promise<void> {
  await t.check(
    `${scheme}: a token in the address signs in and leaves the address bar`,
    async () => {
      await page.getByRole('heading', { name: 'Devices' }).waitFor();
      assert(!page.url().includes('token'), page.url());
    },
  );
  await t.check(`${scheme}: the open page follows the server until all are verified`, async () => {
    await page.getByText('● live').waitFor();
    const verified = page.locator('tbody .state', { hasText: /^verified$/ });
    await verified.nth(UES - 1).waitFor();
    assert.equal(await page.locator('tbody tr').count(), UES);
  });
  await t.check(`${scheme}: the theme follows the system`, async () => {
    assert.equal(await themeOf(page), scheme);
  });
  await checkReadable(t, page, `${scheme}: devices`);
  await checkDevice(t, page, scheme);
  await checkSession(t, page, scheme);
  for (const name of ['sessions', 'events']) {
    await page.goto(`${url}/${name}`);
    await page.locator('tbody tr').first().waitFor();
    await checkReadable(t, page, `${scheme}: ${name}`);
  }
  await t.check(`${scheme}: the toggle turns the theme`, async () => {
    const other = scheme === 'dark' ? 'light' : 'dark';
    await page.getByRole('button', { name: `Switch to ${other} theme` }).click();
    assert.equal(await themeOf(page), other);
  });
}

async function checkDevice(t: Check, page: Page, scheme: Scheme): Promise<void> {
  await t.check(
    `${scheme}: a device shows its nodes with the session that verified them`,
    async () => {
      await page.locator('tbody tr a').first().click();
      const row = page
        .locator('tbody tr', { hasText: './' })
        .filter({ hasText: 'verified' })
        .first();
      await row.waitFor();
      assert.match(await row.innerText(), /verified[\s\S]*\d\d:\d\d:\d\d[\s\S]*session/);
    },
  );
  await checkReadable(t, page, `${scheme}: one device`);
  await t.check(`${scheme}: Wake brings a new session to the open page`, async () => {
    const rows = page.getByRole('table', { name: 'Sessions' }).locator('tbody tr');
    await rows.first().waitFor();
    const before = await rows.count();
    await page.getByRole('button', { name: 'Wake' }).click();
    await rows.nth(before).waitFor();
  });
}

async function checkSession(t: Check, page: Page, scheme: Scheme): Promise<void> {
  await t.check(`${scheme}: each Status stands beside the command that it answers`, async () => {
    await page.locator('tbody tr', { hasText: 'verified' }).getByText('session').first().click();
    await page.getByRole('region', { name: 'Ladder' }).waitFor();
    await page.locator('[data-protocol=HTTP][data-number]', { hasText: 'Replace' }).first().click();
    const asked = page.getByRole('table', { name: 'Commands and the Status that answered each' });
    const rows = asked.locator('tbody tr', { hasText: 'Replace' });
    await rows.first().waitFor();
    for (const row of await rows.all()) {
      assert.match(await row.innerText(), /\.\/[\s\S]*\d{3} [A-Z]\w+[\s\S]*in #\d+/);
      const status = row.locator('.status');
      const isAccepted = (await status.innerText()).startsWith('2');
      assert.match((await status.getAttribute('class')) ?? '', isAccepted ? /\bok\b/ : /\bbad\b/);
    }
  });
  await checkReadable(t, page, `${scheme}: one session`);
  await t.check(`${scheme}: SIP and HTTP of the session stand on one ladder`, async () => {
    const labels = await page
      .locator('.ladder-row')
      .evaluateAll((rows) =>
        rows.map((row) => `${row.getAttribute('data-protocol')} ${row.getAttribute('aria-label')}`),
      );
    assert(
      labels.some((label) => /^SIP .*MESSAGE Pkg#0/.test(label)),
      labels.join('\n'),
    );
    assert(
      labels.some((label) => /^HTTP .*Pkg#1 Alert 1200/.test(label)),
      labels.join('\n'),
    );
  });
  await t.check(`${scheme}: arrow keys walk along the ladder`, async () => {
    const [first, second] = [page.locator('[data-number="1"]'), page.locator('[data-number="2"]')];
    await first.click();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: /^#2 / }).waitFor();
    assert.equal(await second.getAttribute('aria-pressed'), 'true');
    assert(await second.evaluate((row) => row === document.activeElement));
  });
  await t.check(`${scheme}: a message is there as text and as octets`, async () => {
    await page.locator('[data-protocol=HTTP][data-number]').first().click();
    await page.getByRole('tab', { name: 'Text' }).click();
    await page.getByText('<SyncHdr>').waitFor();
    await page.getByRole('tab', { name: 'Raw' }).click();
    await page.locator('.hex-offset', { hasText: '0000' }).waitFor();
    await page.getByRole('tab', { name: 'Decoded' }).click();
  });
  await t.check(`${scheme}: the ladder is a table too`, async () => {
    const arrows = await page.locator('.ladder-row').count();
    await page.getByText('Table', { exact: true }).click();
    const rows = page.locator('.ladder-table tbody tr');
    await rows.first().waitFor();
    assert.equal(await rows.count(), arrows);
  });
  await checkReadable(t, page, `${scheme}: one session as a table`);
}

async function checkReadable(t: Check, page: Page, what: string): Promise<void> {
  await t.check(`${what}: axe finds nothing serious`, async () => {
    const axe = await readFile(resolve(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
    const { violations } = (await page.evaluate(`${axe}; axe.run(document)`)) as AxeResults;
    const serious = violations.filter(
      ({ impact }) => impact === 'serious' || impact === 'critical',
    );
    assert.deepEqual(
      serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      [],
    );
  });
}

function themeOf(page: Page): Promise<Scheme> {
  return page.evaluate(() => {
    const [red = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? [];
    return Number(red) < 128 ? 'dark' : 'light';
  });
}
