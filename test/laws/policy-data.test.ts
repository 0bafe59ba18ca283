// What NumPy's format can hold comes back as it was; what is damaged is refused, and nothing else happens.
import fc from 'fast-check';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../src/base/shape.js';
import { hasDType, toNumbers } from '../../src/base/tensor.js';
import { UserError } from '../../src/base/user-error.js';
import { readCsv } from '../../src/policy/data/csv.js';
import { toDataset } from '../../src/policy/data/finish.js';
import { gunzipped } from '../../src/policy/data/gunzip.js';
import { decodeIdx } from '../../src/policy/data/idx.js';
import { decodeJpeg } from '../../src/policy/data/jpeg.js';
import { decodeNpy } from '../../src/policy/data/npy.js';
import { readNpz } from '../../src/policy/data/npz.js';
import { decodePng } from '../../src/policy/data/png.js';
import { refTo } from '../unit/policy/helpers.js';
import { type IdxCode, idx, idxCodes } from '../unit/policy/idx-writer.js';
import { rgb } from '../unit/policy/jpeg-images.js';
import { type NpyCode, npy, npyCodes } from '../unit/policy/npy-writer.js';
import { png, withHeaderBytes } from '../unit/policy/png-writer.js';

const SEED = 20260729;

/** Whole numbers that every type of the code holds exactly. */
const valuesOf = (code: NpyCode): fc.Arbitrary<number> => {
  if (code === 'b1') return fc.integer({ min: 0, max: 1 });
  if (code === 'f8') return fc.double({ noNaN: true });
  if (code === 'f4') return fc.float({ noNaN: true });
  const bits = Math.min(53, 8 * Number(code.slice(1)));
  return code.startsWith('u')
    ? fc.maxSafeInteger().map((value) => Math.abs(value) % 2 ** bits)
    : fc.maxSafeInteger().map((value) => (value % 2 ** (bits - 1)) + 0); // -0 becomes 0: integers have one zero
};

const array = fc
  .record({
    code: fc.constantFrom(...(Object.keys(npyCodes) as NpyCode[])),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    big: fc.boolean(),
    fortran: fc.boolean(),
  })
  .chain((form) => {
    const length = sizeOf(form.shape);
    const values = fc.array(valuesOf(form.code), { minLength: length, maxLength: length });
    return fc.record({ form: fc.constant(form), values });
  });

test('an .npy of any type, shape, byte order and layout is read as it was written', () => {
  fc.assert(
    fc.property(array, ({ form, values }) => {
      const read = decodeNpy(npy(form.code, form.shape, values, form), 'a.npy');
      expect(read.dtype).toBe(npyCodes[form.code]);
      expect(read.shape).toEqual(form.shape);
      expect(toNumbers(read)).toEqual(values);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('an IDX file of any type and shape is read as it was written, compressed or not', () => {
  const form = fc
    .record({
      code: fc.constantFrom(...Object.keys(idxCodes).map((code) => Number(code) as IdxCode)),
      shape: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
    })
    .chain(({ code, shape }) => {
      const dtype = idxCodes[code];
      const npyCode = (Object.keys(npyCodes) as NpyCode[]).find((name) => npyCodes[name] === dtype) ?? 'u1';
      const length = sizeOf(shape);
      return fc.record({
        code: fc.constant(code),
        shape: fc.constant(shape),
        values: fc.array(valuesOf(npyCode), { minLength: length, maxLength: length }),
      });
    });
  fc.assert(
    fc.property(form, ({ code, shape, values }) => {
      const bytes = idx(code, shape, values);
      const read = decodeIdx(bytes, 'a.idx');
      expect(read.dtype).toBe(idxCodes[code]);
      expect(read.shape).toEqual(shape);
      expect(toNumbers(read)).toEqual(values);
      expect(decodeIdx(gunzipped(Buffer.from(gzipSync(bytes)), 'a.idx'), 'a.idx')).toEqual(read);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('Fortran order changes nothing but the file', () => {
  fc.assert(
    fc.property(array, ({ form, values }) => {
      const [c, fortran] = [false, true].map((order) =>
        decodeNpy(npy(form.code, form.shape, values, { ...form, fortran: order }), 'a.npy'),
      );
      expect(fortran).toEqual(c);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

const images = npy('f4', [4, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const labels = npy('i8', [4], [0, 1, 2, 3]);
const named = refTo('a.npz', { inputs: ['x'], labels: 'y' });
const csvRef = refTo('a.csv', { labels: 'y' });

/** Format -> a good file, and what reads it to the end. */
const formats: Record<string, [good: Uint8Array, read: (bytes: Buffer) => unknown]> = {
  npy: [images, (bytes) => decodeNpy(bytes, 'a.npy')],
  npz: [zipSync({ 'x.npy': images, 'y.npy': labels }), (bytes) => toDataset(named, readNpz(bytes, named))],
  csv: [
    Buffer.from('a,"b b",y\n1,2,0\n-3.5e-2,.5,1\n"7",8,2\n'),
    (bytes) => toDataset(csvRef, readCsv(bytes, csvRef)),
  ],
  png: [
    png(
      5,
      4,
      3,
      Array.from({ length: 60 }, (_, index) => index * 4),
    ),
    (bytes) => decodePng(bytes, 'a.png'),
  ],
  idx: [idx(13, [4, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), (bytes) => decodeIdx(bytes, 'a.idx')],
  jpg: [rgb.bytes, (bytes) => decodeJpeg(bytes, 'a.jpg')],
};

const damage = fc.oneof(
  fc.record({ kind: fc.constant('set'), at: fc.nat(), value: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('flip'), at: fc.nat(), value: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('cut'), at: fc.nat(), value: fc.constant(0) }),
  fc.record({ kind: fc.constant('remove'), at: fc.nat(), value: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('repeat'), at: fc.nat(), value: fc.integer({ min: 1, max: 30 }) }),
);

function damaged(bytes: Buffer, { kind, at, value }: { kind: string; at: number; value: number }): Buffer {
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (kind === 'cut') return head;
  if (kind === 'remove') return Buffer.concat([head, tail.subarray(value)]);
  if (kind === 'repeat') return Buffer.concat([head, tail.subarray(0, value), tail]);
  const byte = tail[0] ?? 0;
  return Buffer.concat([head, Buffer.of(kind === 'set' ? value : byte ^ (1 << value)), tail.subarray(1)]);
}

describe.each(Object.entries(formats))('a damaged .%s', (_, [good, read]) => {
  test('the whole file is read', () => expect(() => read(Buffer.from(good))).not.toThrow());

  test('is read, or refused with a place', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (harms) => {
        try {
          read(harms.reduce(damaged, Buffer.from(good)));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          refused++;
          expect(error.code).toBe('INVALID_DATA');
          expect(error.details.where).toMatch(/^a\.(npy|npz|csv|png|idx|jpg)/);
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});

test('a .png whose header claims anything, with a right checksum, is read or refused', () => {
  const [good] = formats.png ?? [new Uint8Array()];
  const claim = fc.tuple(fc.nat({ max: 12 }), fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 5 }));
  fc.assert(
    fc.property(claim, ([offset, bytes]) => {
      const claimed = withHeaderBytes(Buffer.from(good), offset, bytes.slice(0, 13 - offset));
      try {
        expect(decodePng(claimed, 'a.png').pixels.length).toBeLessThanOrEqual(60);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('an .npz is never read with other numbers than were stored', () => {
  const [good] = formats.npz ?? [new Uint8Array()];
  const ref = refTo('a.npz', { inputs: ['x'] });
  fc.assert(
    fc.property(damage, (harm) => {
      try {
        const { values } = readNpz(damaged(Buffer.from(good), harm), ref).inputs;
        expect(hasDType(values, 'float32') && values).toEqual(decodeNpy(images, 'a.npy'));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test.each(Object.entries(formats))('random bytes are no .%s', (_, [, read]) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => read(Buffer.from(bytes))).toThrow(UserError);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
