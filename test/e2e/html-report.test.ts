// The page as a browser has it. One browser for all: starting it is most of the time.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlReport } from '../../src/report/html/index.js';
import { findChromium } from '../helpers/chromium.js';
import {
  everything,
  imageWitness,
  materialOf,
  propertyOf,
  proved,
  reportOf,
  tested,
  violated,
} from '../helpers/html-reports.js';

const executablePath = findChromium();
if (executablePath === undefined)
  console.log(
    'The HTML report was not opened in a browser: there is no Chromium in the PATH, and none in CHROMIUM.',
  );

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const instances = Array.from({ length: 10_000 }, (_, at) => ({
  instance: `row ${at}`,
  verdict: at % 100 === 0 ? violated(-at, `f/${at}`) : at % 2 === 0 ? proved(at / 1000) : tested(at / 500),
}));
const largePage = () =>
  htmlReport.render(reportOf([propertyOf(instances)]), materialOf({ witness: imageWitness }));
const smallPage = () => {
  const { report, material } = everything(
    '<img src=x onerror="document.title=1"></script><script>document.title=2</script>',
  );
  return htmlReport.render(report, material);
};

/** And whatever the page complained of or asked for. */
type Opened = { readonly page: Page; readonly complaints: readonly string[] };

describe.skipIf(executablePath === undefined)('in a browser', () => {
  let browser: Browser;
  let small: Opened;
  let large: Opened;
  beforeAll(async () => {
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      // As root, as in most containers, it starts no other way.
      args: ['--no-sandbox'],
    });
    [small, large] = [await open(smallPage()), await open(largePage())];
  });
  afterAll(() => browser?.close());

  async function open(html: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(data:|about:)/.test(request.url())) complaints.push(request.url());
    });
    await page.setContent(html);
    return { page, complaints };
  }

  /** @param options of axe */
  const violationsOf = async (page: Page, options: Readonly<Record<string, unknown>> = {}) => {
    await page.evaluate(axe);
    const found: { violations: { id: string; nodes: { html: string }[] }[] } = await page.evaluate(
      `axe.run(${JSON.stringify(options)})`,
    );
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };

  test('names that are markup stay text; nothing complains, nothing is fetched', async () => {
    const { page, complaints } = small;
    await page.evaluate(`document.querySelectorAll('details').forEach((part) => { part.open = true; })`);
    await page.locator('.grid tbody tr').first().waitFor();
    expect(await page.title()).toContain('<img src=x onerror="document.title=1"></script>');
    expect(await page.locator('img:not([src^="data:image/png"])').count()).toBe(0);
    expect(await page.locator('.grid tbody th').first().textContent()).toContain('<img src=x');
    expect(complaints).toEqual([]);
  });

  test('axe finds nothing, nor colours without contrast in the dark', async () => {
    const { page } = small;
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOf(page, { runOnly: ['color-contrast'] })).toEqual([]);
  });

  test('the theme follows the system until the reader chooses; paper is white', async () => {
    const { page } = small;
    await page.emulateMedia({ colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    const button = page.getByRole('button', { name: 'Theme' });
    await button.press('Enter');
    expect(await button.textContent()).toBe('Theme: light');
    expect(await ground()).not.toBe(dark);
    await button.press('Enter');
    expect(await button.textContent()).toBe('Theme: dark');
    expect(await ground()).toBe(dark);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('light');
    await page.emulateMedia({ media: 'screen' });
  });

  test('on a phone nothing is wider than the screen', async () => {
    const { page } = small;
    await page.setViewportSize({ width: 375, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
  });

  test('without scripts all is there but the tables of instances', async () => {
    const { page } = await open(smallPage(), { javaScriptEnabled: false });
    expect(await page.locator('.card').count()).toBe(3);
    expect(await page.locator('.tree svg').count()).toBe(1);
    expect(await page.locator('button:visible').count()).toBe(0);
  });

  test('10,000 instances: opened, sorted, searched and filtered within a second each, and few rows made', async () => {
    const { page, complaints } = large;
    /** What the page itself takes, with layout; not what the test takes to ask. */
    const timed = (action: string): Promise<number> =>
      page.evaluate(`(() => {
        const start = performance.now();
        ${action};
        document.body.offsetHeight;
        return performance.now() - start;
      })()`);
    const table = (selector: string) => `document.querySelector('.instances ${selector}')`;
    const type = (text: string) =>
      `${table('input')}.value = '${text}'; ${table('input')}.dispatchEvent(new Event('input'))`;
    const rows = page.locator('.grid tbody tr');
    const first = page.locator('.grid tbody th').first();
    await page.locator('details.instances > summary').press('Enter');
    await first.waitFor();
    const sorted = await timed(`${table('th:nth-child(3) button')}.click()`);
    expect(await first.textContent()).toBe('row 9900');
    expect(await page.getByRole('columnheader', { name: 'Margin' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    const found = await timed(type('row 777'));
    // 777, 7770 to 7779, and 1777 to 9777 once more without 7777.
    expect(await rows.count()).toBe(19);
    const filtered = await timed(`${table('.chip.tested')}.click()`);
    expect(await rows.count()).toBe(5);
    expect(await page.locator('.controls [role=status]').textContent()).toBe('5 of 10,000');
    const shown = await timed(type(''));
    const before = await rows.count();
    await page.locator('.rows').press('End');
    await expect.poll(() => rows.count()).toBeGreaterThan(before);
    expect(await rows.count()).toBeLessThan(1000);
    expect(Math.max(sorted, found, filtered, shown)).toBeLessThan(1000);
    expect(complaints).toEqual([]);
  });

  test('a row leads to its counterexample, also where that is folded away', async () => {
    const { page } = large;
    await page.getByRole('searchbox').fill('row 8000');
    await page.locator('.grid a').click();
    const id = await page.evaluate('location.hash.slice(1)');
    await expect.poll(() => page.locator(`[id="${id}"] h4`).isVisible()).toBe(true);
    expect(await page.locator(`[id="${id}"] h4`).textContent()).toContain('row 8000');
  });

  test('the command of a counterexample is copied', async () => {
    const { page } = large;
    const copy = page.locator('.card .copy').first();
    await copy.click();
    // Without a secure place there is no clipboard: then it is selected.
    await expect.poll(() => copy.textContent()).toMatch(/Copied|Selected/);
    if ((await copy.textContent()) === 'Selected')
      expect(await page.evaluate('getSelection().toString()')).toContain('marauder replay f/9900');
  });
});
