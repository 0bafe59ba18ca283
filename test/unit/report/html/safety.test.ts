// Whatever a policy, a model or a file is called, the page's structure stays its own, and it needs nothing but itself.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlReport } from '../../../../src/report/html/index.js';
import { everything } from '../../../helpers/html-reports.js';
import { effort } from '../../../helpers/laws.js';

const pageOf = (text: string): string => {
  const { report, material } = everything(text);
  return htmlReport.render(report, material);
};

/** Tags and the names of their attributes; no values, no text. The policy's text is colored by what it says: of it, which tags there are. */
const skeleton = (page: string): string[] => {
  const [before = '', policy = '', after = ''] = page.split(
    /(?<=Text of the policy"><ol>)|(?=<\/ol><\/div>)/,
  );
  const policyTags = new Set(['<b>', '</b>', '<i>', '</i>', ...tagsOf(policy)]);
  return [...tagsOf(before), ...[...policyTags].sort(), ...tagsOf(after)];
};

const tagsOf = (page: string): string[] =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, '=""'));

const plainSkeleton = skeleton(pageOf('x'));

const hostile = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- -->',
  ']]>',
  '`',
  '&lt;b&gt;',
  '</style></title></code></li>',
  '\u202egnp.exe',
  '\ud800 \0 \u2028',
];

test.each(hostile)('%j is text everywhere', (text) => {
  const page = pageOf(text);
  expect(skeleton(page)).toEqual(plainSkeleton);
  expect(/[\0\u202e]|\p{Surrogate}/u.test(page)).toBe(false);
});

test('any text is', () => {
  const unit = fc.oneof(fc.constantFrom(...'<>"\'&/`#: -', 'script', '!--'), fc.string({ unit: 'binary' }));
  const text = fc.array(unit, { minLength: 1, maxLength: 8 }).map((parts) => `x${parts.join('')}`);
  fc.assert(
    fc.property(text, (name) => {
      expect(skeleton(pageOf(name.replaceAll('#', '')))).toEqual(plainSkeleton);
    }),
    { seed: 7, numRuns: effort(12) },
  );
});

test('the text itself can be read, escaped', () => {
  const page = pageOf('a <b> & "c"');
  expect(
    page.includes(
      '<h2><span class="mark failed" role="img" aria-label="failed">✗</span> a &lt;b&gt; &amp; &quot;c&quot; ',
    ),
  ).toBe(true);
  expect(page).toContain('<title>Failed: a &lt;b&gt; &amp; &quot;c&quot; · Marauder</title>');
});

test('nothing is fetched: no address but data and places on the page', () => {
  const page = pageOf('x');
  const addresses = [...page.matchAll(/(?:src|href|srcset|action|data|poster)="([^"]*)"/g)].map(
    ([, to]) => to ?? '',
  );
  expect(addresses.length).toBeGreaterThan(5);
  expect(addresses.filter((to) => !/^(data:image\/|#)/.test(to))).toEqual([]);
  expect(page).not.toMatch(/https?:|url\(|@import|<(iframe|object|embed|base|form)\b/);
});

test('links lead to places that are there', () => {
  const page = pageOf('x');
  const places = new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, to]) => to);
  expect(links.filter((to) => !places.has(to))).toEqual([]);
});

test('only the page’s own script and style run: their hashes are the policy, and none is inline', () => {
  const page = pageOf('x');
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? '';
  const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');
  const contents = (name: string) =>
    [...page.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text]) => text ?? '');
  const [script = '', ...otherScripts] = contents('script');
  const [style = '', ...otherStyles] = contents('style');
  expect([otherScripts, otherStyles]).toEqual([[], []]);
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    'img-src data:',
    `style-src 'sha256-${hashOf(style)}'`,
    `script-src 'sha256-${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(script).not.toMatch(/<\/?script|<!--/);
  expect(plainSkeleton.filter((tag) => / (style|on\w+)=/.test(tag))).toEqual([]);
});

test('the same report gives the same page', () => {
  expect(pageOf('x')).toBe(pageOf('x'));
});
