// The numbers behind the page's plots, pictures and tables.
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { headings, type Query, select } from '../../../../src/report/html/client/rows.js';
import { script, stylesheet } from '../../../../src/report/html/generated/assets.js';
import { tableOf } from '../../../../src/report/html/instances.js';
import { drawingOf } from '../../../../src/report/html/layout.js';
import { closest, histogramOf, type Margin } from '../../../../src/report/html/margins.js';
import { amplificationOf, differencePicture, picture } from '../../../../src/report/html/picture.js';
import { marksOf } from '../../../../src/report/html/policy-marks.js';
import { niceStep, short, ticksBetween } from '../../../../src/report/html/scale.js';
import {
  imageWitness,
  propertyOf,
  proved,
  reportOf,
  tested,
  violated,
  witnessOf,
} from '../../../helpers/html-reports.js';
import { effort } from '../../../helpers/laws.js';

describe('margins', () => {
  const kind = fc.constantFrom('proved', 'tested', 'violated');
  const finite = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  const margins = fc.array(fc.record({ instance: fc.constant('row'), kind, margin: finite }), {
    minLength: 1,
    maxLength: 80,
  });

  test('every one is in a bin that holds it, except at clipped ends, and none that breaks it is right of zero', () => {
    fc.assert(
      fc.property(margins, (all: Margin[]) => {
        const { bins, step, clipped } = histogramOf(all);
        const total = bins.flatMap(({ counts }) => Object.values(counts)).reduce((sum, one) => sum + one, 0);
        expect(total).toBe(all.length);
        expect(bins.length).toBeLessThan(64);
        const breaking = bins.filter(({ from }) => from < 0).flatMap(({ counts }) => Object.values(counts));
        const expected = all.filter(({ margin }) => margin <= 0).length;
        expect(breaking.reduce((sum, one) => sum + one, 0)).toBe(expected);
        const [low = 0, high = 0] = [bins[0]?.from, (bins.at(-1)?.from ?? 0) + step];
        const slack = 1e-9 * Math.max(1, Math.abs(low), high);
        for (const { margin } of all) {
          expect(margin >= low - slack || clipped.below).toBe(true);
          expect(margin <= high + slack || clipped.above).toBe(true);
        }
      }),
      { seed: 7, numRuns: effort(200) },
    );
  });

  test('the closest that hold, the nearest first', () => {
    const of = (instance: string, margin: number, which: Margin['kind'] = 'proved') => ({
      instance,
      kind: which,
      margin,
    });
    const all = [of('a', 3), of('b', 1), of('c', -1, 'violated'), of('d', 2)];
    expect(closest(all, 2).map(({ instance }) => instance)).toEqual(['b', 'd']);
  });
});

test('axes have round numbers', () => {
  expect([0.7, 1, 1.2, 3, 6, 0.03].map(niceStep)).toEqual([1, 1, 2, 5, 10, 0.05]);
  expect(ticksBetween(-0.3, 1.1, 5)).toEqual([0, 0.5, 1]);
  expect(ticksBetween(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(ticksBetween(2, 2, 5)).toEqual([2]);
  expect([0, 12, 1234, 12_345, 2e6, 0.0001].map(short)).toEqual(['0', '12', '1230', '12.3k', '2M', '1e-4']);
});

describe('pictures', () => {
  const pixelsOf = (uri: string) => {
    const png = PNG.sync.read(Buffer.from(uri.replace(/^data:image\/png;base64,/, ''), 'base64'));
    return { size: [png.width, png.height], rgba: [...png.data] };
  };
  const layout = { channels: 1, height: 1, width: 3, order: 'CHW' } as const;

  test('grey: from black to white over the range, beyond it the same', () => {
    expect(pixelsOf(picture(Float32Array.of(-1, 1, 5), layout, [0, 2]))).toEqual({
      size: [3, 1],
      rgba: [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255],
    });
  });

  test('what is not a number is seen', () => {
    const { rgba } = pixelsOf(picture(Float32Array.of(0, Number.NaN, 1), layout, [0, 1]));
    expect(rgba).toEqual([0, 0, 0, 255, 255, 0, 255, 255, 255, 255, 255, 255]);
  });

  test.each([
    ['CHW', [0, 1, 1, 0, 0, 1]],
    ['HWC', [0, 1, 0, 1, 0, 1]],
  ] as const)('colours: %s', (order, values) => {
    const colored = { channels: 3, height: 1, width: 2, order };
    expect(pixelsOf(picture(Float32Array.from(values), colored, [0, 1])).rgba).toEqual([
      0, 255, 0, 255, 255, 0, 255, 255,
    ]);
  });

  test('differences: red for more, blue for less, clear for the same', () => {
    const [input, seed] = [Float32Array.of(0.5, 0.25, 0), Float32Array.of(0.25, 0.5, 0)];
    expect(amplificationOf(input, seed, [0, 1])).toBe(4);
    const { rgba } = pixelsOf(differencePicture(input, seed, layout, [0, 1], 4));
    expect(rgba).toEqual([214, 40, 57, 255, 33, 102, 214, 255, 33, 102, 214, 0]);
    expect(amplificationOf(seed, seed, [0, 1])).toBe(1);
  });
});

test('an input is drawn as its finding says, else as a guess where it is a square of at least 8 x 8, else not at all', () => {
  expect(drawingOf(imageWitness())).toMatchObject({ isGuess: false, layout: { height: 4, width: 4 } });
  const flat = (size: number) => witnessOf({ seed: new Float32Array(size), shape: [size] });
  expect(drawingOf(flat(784))).toMatchObject({
    isGuess: true,
    layout: { height: 28, width: 28 },
    range: [0, 1],
  });
  expect([49, 65, 3].map((size) => drawingOf(flat(size)))).toEqual([undefined, undefined, undefined]);
  const { finding } = imageWitness();
  // A layout that does not fit its input is not believed.
  expect(
    drawingOf(witnessOf({ seed: new Float32Array(9), finding: { images: finding.images } })),
  ).toBeUndefined();
});

describe('instances', () => {
  const property = propertyOf([
    { instance: 'row 10', verdict: violated(-1, 'f', 'class 3') },
    { instance: 'row 9', verdict: proved(0.5), subproblems: 7 },
    { instance: 'row 2', verdict: tested(null) },
  ]);
  const [first] = property.instances;
  const table = tableOf(property, [
    {
      id: 'c0-0',
      instance: 'row 10',
      witness:
        first?.verdict.kind === 'violated' ? { ...first.verdict.witness, finding: 'f' } : expect.fail(),
    },
  ]);
  const everything: Query = { text: '', hidden: new Set(), sortedBy: undefined, descending: false };
  const names = (query: Partial<Query>) => select(table, { ...everything, ...query }).map(([name]) => name);

  test('columns are those that say something', () => {
    expect(headings(table)).toEqual([
      'Instance',
      'Verdict',
      'Margin',
      'Distance',
      'Executions',
      'Sub-problems',
      'Detail',
    ]);
    expect(headings(tableOf(propertyOf([{ instance: 'row 0', verdict: proved(1) }]), []))).toEqual([
      'Instance',
      'Verdict',
      'Margin',
      'Detail',
    ]);
    expect(table.rows[0]).toEqual(['row 10', 3, 0, 'c0-0', -1, 0.05, 12, null]);
  });

  test('found by words and verdicts', () => {
    expect(names({ text: 'CLASS row' })).toEqual(['row 10']);
    expect(names({ hidden: new Set([3]) })).toEqual(['row 9', 'row 2']);
  });

  test('sorted either way; numbers in names count, and what has no number is last', () => {
    expect(names({ sortedBy: 0 })).toEqual(['row 2', 'row 9', 'row 10']);
    expect(names({ sortedBy: 1, descending: true })).toEqual(['row 10', 'row 2', 'row 9']);
    expect(names({ sortedBy: 2 })).toEqual(['row 10', 'row 9', 'row 2']);
    expect(names({ sortedBy: 2, descending: true })).toEqual(['row 9', 'row 10', 'row 2']);
    expect(names({ sortedBy: 6 })).toEqual(['row 9', 'row 10', 'row 2']);
  });
});

test('marks in the policy: YAML ends with its indentation, JSON with its brace; of another file there are none', () => {
  const at = (line: number, column: number, file = 'nets.policy.yaml') =>
    reportOf([propertyOf([], { at: { file, line, column } })]);
  const yaml = ['properties:', '  - name: a', '    kind: b', '', '    expect: c', '  - name: d', 'seed: 1'];
  expect(marksOf(at(2, 5), yaml)).toMatchObject([{ line: 2, end: 5 }]);
  expect(marksOf(at(6, 5), yaml)).toMatchObject([{ line: 6, end: 6 }]);
  const json = ['{ "properties": [', '    {', '      "name": "a"', '    },', '    { "name": "b" }', '] }'];
  expect(marksOf(at(2, 5), json)).toMatchObject([{ line: 2, end: 4 }]);
  expect(marksOf(at(5, 5), json)).toMatchObject([{ line: 5, end: 5 }]);
  expect([at(2, 5, 'other.yaml'), at(70, 1)].flatMap((report) => marksOf(report, yaml))).toEqual([]);
});

test('the style sheet and the script are those of their sources: `npm run page` writes them', async () => {
  const { assets } = await import('../../../../.page.js');
  const literals = new Function(
    `${(await assets()).replaceAll('export const', 'var')}; return [stylesheet, script]`,
  );
  expect(literals()).toEqual([stylesheet, script]);
});
