// Image transforms against plain loops, and at numbers where the answer is known exactly.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import {
  type AffineMap,
  identityMap,
  numbersOf as numbersOfMap,
} from '../../../../src/fuzz/mutators/affine.js';
import { rotation } from '../../../../src/fuzz/mutators/geometry.js';
import { mutators } from '../../../../src/fuzz/mutators/index.js';
import { applied, childrenOf, domain, numbersOf, quantile } from './run.js';

const [height, width, channels] = [7, 10, 3];
const shape = [channels, height, width];
const given = domain(shape, [0, 1]);
const box = [0, 1] as const;
const rng = createRng(1, 'image');
const image = Float32Array.from({ length: channels * height * width }, () => rng.uniform());
const pixel = (row: number, column: number, channel = 0): number =>
  image[(channel * height + row) * width + column] ?? Number.NaN;
const inside = (value: number, side: number) => Math.min(Math.max(value, 0), side - 1);
const each = (value: (row: number, column: number, channel: number) => number): number[] =>
  Array.from({ length: image.length }, (_, at) =>
    value(Math.floor(at / width) % height, at % width, Math.floor(at / width / height)),
  );
const closeTo = (child: readonly number[] | undefined, expected: readonly number[], tolerance: number) => {
  expect(child).toHaveLength(expected.length);
  expect(
    Math.max(...expected.map((value, at) => Math.abs(value - (child?.[at] ?? Number.NaN)))),
  ).toBeLessThan(tolerance);
};

const mapped = async (map: AffineMap, on = given, input: ArrayLike<number> = image) =>
  (await childrenOf(applied(mutators.rotation(on)), on, { input, box }, numbersOfMap(map)))[0];

/** The textbook's bilinear interpolation, in float64. */
function slowly(map: AffineMap): number[] {
  const [centreRow, centreColumn] = [(height - 1) / 2, (width - 1) / 2];
  return each((row, column, channel) => {
    const [r, c] = [row - centreRow, column - centreColumn];
    const y = inside(map.rowByRow * r + map.rowByColumn * c + map.rowShift + centreRow, height);
    const x = inside(map.columnByRow * r + map.columnByColumn * c + map.columnShift + centreColumn, width);
    let sum = 0;
    for (let atRow = 0; atRow < height; atRow++)
      for (let atColumn = 0; atColumn < width; atColumn++) {
        const weight = Math.max(1 - Math.abs(y - atRow), 0) * Math.max(1 - Math.abs(x - atColumn), 0);
        sum += weight * pixel(atRow, atColumn, channel);
      }
    return sum;
  });
}

describe('affine maps', () => {
  test('the identity changes nothing, to the last bit', async () => {
    expect(await mapped(identityMap)).toEqual([...image]);
  });

  test.each([
    [1, 0],
    [-2, 3],
    [0, -9],
  ])('a shift by whole pixels moves exactly (%d, %d)', async (down, across) => {
    const child = await mapped({ ...identityMap, rowShift: down, columnShift: across });
    expect(child).toEqual(
      each((row, column, channel) =>
        pixel(inside(row + down, height), inside(column + across, width), channel),
      ),
    );
  });

  test('a quarter turn of a square moves pixels exactly', async () => {
    const square = domain([5, 5], [0, 1]);
    const input = image.slice(0, 25);
    const child = await mapped(rotation(90), square, input);
    // Counter-clockwise: what was at the right is at the top.
    expect(child).toEqual(
      Array.from({ length: 25 }, (_, at) => input[(at % 5) * 5 + 4 - Math.floor(at / 5)]),
    );
    const back = await mapped(rotation(-90), square, child);
    expect(back).toEqual([...input]);
  });

  test('half a turn and a mirror are exact', async () => {
    expect(await mapped(rotation(180))).toEqual(
      each((row, column, channel) => pixel(height - 1 - row, width - 1 - column, channel)),
    );
    expect(await mapped({ ...identityMap, columnByColumn: -1 })).toEqual(
      each((row, column, channel) => pixel(row, width - 1 - column, channel)),
    );
  });

  test.each(['shift', 'rotation', 'shear', 'scale'] as const)(
    '%s is bilinear interpolation',
    async (name) => {
      const mutator = applied(mutators[name](given));
      const numbers = numbersOf(mutator, 20);
      const children = await childrenOf(mutator, given, { input: image, box }, numbers);
      children.forEach((child, at) => {
        const [
          rowByRow = 0,
          rowByColumn = 0,
          rowShift = 0,
          columnByRow = 0,
          columnByColumn = 0,
          columnShift = 0,
        ] = numbers.subarray(6 * at);
        closeTo(
          child,
          slowly({ rowByRow, rowByColumn, rowShift, columnByRow, columnByColumn, columnShift }),
          2e-5,
        );
      });
    },
  );

  test.each([
    [
      'HWC',
      [height, width, channels],
      (at: number) =>
        pixel(Math.floor(at / width / channels), Math.floor(at / channels) % width, at % channels),
    ],
    ['flat', [channels * height * width], (at: number) => image[at] ?? 0],
  ] as const)('%s images are transformed alike', async (order, otherShape, valueAt) => {
    const layout = { height, width, channels };
    const other = domain(otherShape, [0, 1], { image: layout });
    expect(other.image?.order).toBe(order === 'flat' ? 'CHW' : order);
    const input = Float32Array.from(image, (_, at) => valueAt(at));
    for (const name of ['rotation', 'blur', 'fog', 'occlusion', 'patch-noise'] as const) {
      const [here, there] = [applied(mutators[name](given, 1)), applied(mutators[name](other, 1))];
      const numbers = numbersOf(here, 6);
      // Noise has no layout: what it fills does.
      const changed = (values: readonly number[], from: ArrayLike<number>) =>
        name === 'patch-noise' ? values.map((value, at) => Number(value !== from[at])) : values;
      const expected = await childrenOf(here, given, { input: image, box }, numbers);
      const found = await childrenOf(there, other, { input, box }, numbers);
      found.forEach((child, row) => {
        const wanted = changed(expected[row] ?? [], image);
        const reordered = order === 'flat' ? wanted : each(() => 0).map((_, at) => wanted[chwOf(at)] ?? 0);
        expect(changed(child, input)).toEqual(reordered);
      });
    }
  });
  const chwOf = (at: number) =>
    ((at % channels) * height + Math.floor(at / width / channels)) * width +
    (Math.floor(at / channels) % width);
});

describe('amplitudes', () => {
  const columnOf = (name: 'rotation' | 'shear' | 'scale' | 'shift', at: number) => {
    const numbers = numbersOf(applied(mutators[name](domain([1, 30, 40], [0, 1]))), 4000);
    return Array.from({ length: 4000 }, (_, row) => numbers[6 * row + at] ?? 0);
  };

  test('rotations go both ways, by less than 1 degree and by nearly 50', () => {
    const degrees = columnOf('rotation', 1).map((sine) => (Math.asin(sine) * 180) / Math.PI);
    expect([quantile(degrees, 0), quantile(degrees, 1)].map(Math.round)).toEqual([-50, 50]);
    expect(degrees.filter((angle) => angle > 0).length / 4000).toBeCloseTo(0.5, 1);
    expect(quantile(degrees.map(Math.abs), 0.05)).toBeLessThan(1);
    expect(quantile(degrees.map(Math.abs), 0.9)).toBeGreaterThan(25);
  });

  test('shears go along either axis, up to 0.6', () => {
    const [down, across] = [columnOf('shear', 1), columnOf('shear', 3)];
    expect(down.every((value, at) => (value === 0) !== (across[at] === 0))).toBe(true);
    expect(quantile(across, 1)).toBeGreaterThan(0.55);
    expect(quantile(down, 0)).toBeLessThan(-0.55);
  });

  test('scales go from 0.7 to 1.1', () => {
    const sizes = columnOf('scale', 0).map((inverse) => 1 / inverse);
    expect(quantile(sizes, 0)).toBeCloseTo(0.7, 2);
    expect(quantile(sizes, 1)).toBeCloseTo(1.1, 2);
    expect(sizes.filter((size) => Math.abs(size - 1) < 0.02).length).toBeGreaterThan(1000);
  });

  test('shifts go up to a tenth of the side, half of them by whole pixels, none by nothing', () => {
    const [down, across] = [columnOf('shift', 2), columnOf('shift', 5)];
    expect([quantile(down, 0), quantile(across, 1)].map(Math.round)).toEqual([-3, 4]);
    const whole = down.filter((value, at) => Number.isInteger(value) && Number.isInteger(across[at]));
    expect(whole.length / 4000).toBeCloseTo(0.5, 1);
    expect(down.some((value, at) => value === 0 && across[at] === 0)).toBe(false);
  });
});

describe('blur', () => {
  const blur = applied(mutators.blur(given));
  const kernels = [
    [1, 1, 1],
    [1, 1, 1, 1, 1],
    [1, 2, 1],
    [1, 4, 6, 4, 1],
    [2, 7, 14, 18, 14, 7, 2],
  ];

  test.each(kernels.map((kernel, at) => [kernel.length, at, kernel] as const))(
    'a mean over %d x neighbours inside the image (kernel %d)',
    async (_side, at, kernel) => {
      const [child] = await childrenOf(blur, given, { input: image, box }, [at, 1]);
      const reach = (kernel.length - 1) / 2;
      const expected = each((row, column, channel) => {
        let [sum, total] = [0, 0];
        for (let down = -reach; down <= reach; down++)
          for (let across = -reach; across <= reach; across++) {
            const value = pixel(row + down, column + across, channel);
            const isInside =
              row + down >= 0 && row + down < height && column + across >= 0 && column + across < width;
            const weight = (kernel[down + reach] ?? 0) * (kernel[across + reach] ?? 0);
            if (isInside) [sum, total] = [sum + weight * value, total + weight];
          }
        return sum / total;
      });
      closeTo(child, expected, 1e-6);
    },
  );

  test('mixes with the image, which stays itself where nothing is mixed in', async () => {
    const [none, half, whole] = await childrenOf(blur, given, { input: image, box }, [3, 0, 3, 0.5, 3, 1]);
    expect(none).toEqual([...image]);
    closeTo(
      half,
      (whole ?? []).map((value, at) => (value + (image[at] ?? 0)) / 2),
      1e-6,
    );
  });

  test('an even image stays as it is', async () => {
    const input = new Float32Array(image.length).fill(0.75);
    for (const child of await childrenOf(blur, given, { input, box }, numbersOf(blur, 30)))
      closeTo(child, [...input], 1e-6);
  });
});

describe('brightness, contrast, fog, occlusion', () => {
  test('brightness adds a share of the width', async () => {
    const child = await childrenOf(
      applied(mutators.brightness(given)),
      given,
      { input: image, box: [-1, 3] },
      [0.25],
    );
    expect(child[0]).toEqual(each((row, column, channel) => Math.fround(pixel(row, column, channel) + 1)));
  });

  test('contrast multiplies the distance to black', async () => {
    const dark = domain(shape, [-2, 1]);
    const mutator = applied(mutators.contrast(dark));
    const [same, doubled] = await childrenOf(mutator, dark, { input: image, box }, [1, 2]);
    expect(same).toEqual([...image]);
    closeTo(
      doubled,
      each((row, column, channel) => 2 * (pixel(row, column, channel) + 2) - 2),
      1e-6,
    );
  });

  test('fog is white, thin or thick, smooth, and leaves some of the image', async () => {
    const mutator = applied(mutators.fog(given, 1));
    const children = await childrenOf(
      mutator,
      given,
      { input: new Float32Array(image.length), box },
      numbersOf(mutator, 200),
    );
    const densities = children.map((child) => Math.max(...child));
    expect(quantile(densities, 1)).toBeLessThanOrEqual(0.75);
    expect(quantile(densities, 1)).toBeGreaterThan(0.7);
    expect(quantile(densities, 0.1)).toBeLessThan(0.03);
    for (const child of children) {
      expect(Math.min(...child)).toBeGreaterThanOrEqual(0);
      expect(child.slice(0, 70)).toEqual(child.slice(70, 140));
    }
    const white = await childrenOf(
      mutator,
      given,
      { input: new Float32Array(image.length).fill(1), box },
      numbersOf(mutator, 5),
    );
    for (const child of white) expect(new Set(child)).toEqual(new Set([1]));
  });

  test('occlusion hides a rectangle of at most a third of each side behind one colour', async () => {
    const large = domain([1, 12, 15], [0, 1]);
    const mutator = applied(mutators.occlusion(large));
    const input = new Float32Array(180).fill(0.123);
    const numbers = numbersOf(mutator, 500);
    const children = await childrenOf(mutator, large, { input, box }, numbers);
    const areas = children.map((child, at) => {
      const [top = 0, bottom = 0, left = 0, right = 0, level = 0] = numbers.subarray(5 * at);
      expect(child).toEqual(
        Array.from(input, (value, place) => {
          const [row, column] = [Math.floor(place / 15), place % 15];
          return row >= top && row < bottom && column >= left && column < right ? level : value;
        }),
      );
      return [bottom - top, right - left];
    });
    expect([
      Math.max(...areas.map(([rows = 0]) => rows)),
      Math.max(...areas.map(([, columns = 0]) => columns)),
    ]).toEqual([4, 5]);
  });
});

test('none applies to a table', () => {
  const table = domain([12]);
  for (const name of [
    'brightness',
    'contrast',
    'blur',
    'shift',
    'rotation',
    'shear',
    'scale',
    'occlusion',
    'fog',
  ] as const)
    expect(mutators[name](table, 1)).toBeUndefined();
});
