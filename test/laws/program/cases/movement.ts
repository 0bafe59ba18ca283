// Layout and indexing.
import fc from 'fast-check';
import { only, pair, three } from '../../../../src/program/value.js';
import { count, dense, nth } from '../reference/dense.js';
import { gather, gatherElements, replaceElements, scatterElements } from '../reference/indexing.js';
import { concat, expand, pad, slice, transpose } from '../reference/layout.js';
import {
  axisOf,
  broadcasting,
  type Case,
  type CaseInput,
  input,
  permutation,
  shape,
  shaped,
  size,
} from './case.js';

/** The leading axis stays, or is merged with the next; the others are merged. */
const reshapeCase: fc.Arbitrary<Case> = fc
  .record({ full: shape(2, 4), open: fc.boolean(), merge: fc.boolean() })
  .map(({ full, open, merge }) => {
    const [first = 1, second = 1, ...rest] = full;
    return {
      inputs: [input(full, open)],
      build: (p, values) => {
        const [leading = 1] = only(values).shape;
        const merged = leading === 'batch' ? `batch*${second}` : first * second;
        return p.reshape(only(values), merge ? [merged, ...rest] : [leading, count(full.slice(1)), 1]);
      },
      expected: (values) => ({
        shape: merge ? [first * second, ...rest] : [first, count(full.slice(1)), 1],
        data: nth(values, 0).data,
      }),
      exact: true,
    };
  });

const transposeCase: fc.Arbitrary<Case> = shaped(1, 4).chain(({ full, open }) =>
  permutation(full.length).map((order) => ({
    inputs: [input(full, open)],
    build: (p, values) => p.transpose(only(values), order),
    expected: (values) => transpose(nth(values, 0), order),
    exact: true,
  })),
);

const concatCase: fc.Arbitrary<Case> = shaped(2, 4).chain(({ full, open }) =>
  fc
    .record({
      axis: fc.integer({ min: 1, max: full.length - 1 }),
      sizes: fc.array(size, { minLength: 1, maxLength: 3 }),
    })
    .map(({ axis, sizes }) => ({
      inputs: sizes.map((length) => input(full.with(axis, length), open)),
      build: (p, values) => p.concat(values, axis),
      expected: (values) => concat(values, axis),
      exact: true,
    })),
);

const sliceCase: fc.Arbitrary<Case> = shaped(2, 3).chain(({ full, open }) =>
  fc.integer({ min: 1, max: full.length - 1 }).chain((axis) =>
    fc
      .record({ start: fc.nat(nth(full, axis) - 1), room: fc.nat(3), step: fc.integer({ min: 1, max: 3 }) })
      .map(({ start, room, step }) => {
        const end = Math.min(start + 1 + room, nth(full, axis));
        return {
          inputs: [input(full, open)],
          build: (p, values) => p.slice(only(values), axis, start, end, step),
          expected: (values) => slice(nth(values, 0), axis, start, end, step),
          exact: true,
        };
      }),
  ),
);

/** One piece of several: those before it move where it starts. */
const pieceCase: fc.Arbitrary<Case> = shaped(2, 3).chain(({ full, open }) =>
  fc
    .record({
      axis: fc.integer({ min: 1, max: full.length - 1 }),
      sizes: fc.array(fc.nat(3), { minLength: 2, maxLength: 4 }),
      place: fc.nat(3),
    })
    .map(({ axis, sizes, place }) => {
      const lengths = sizes.with(place % sizes.length, (sizes[place % sizes.length] ?? 0) + 1);
      const at = place % sizes.length;
      const whole = lengths.reduce((sum, length) => sum + length, 0);
      const start = lengths.slice(0, at).reduce((sum, length) => sum + length, 0);
      return {
        inputs: [input(full.with(axis, whole), open)],
        build: (p, values) => nth(p.split(only(values), axis, lengths), at),
        expected: (values) => slice(nth(values, 0), axis, start, start + nth(lengths, at), 1),
        exact: true,
      };
    }),
);

const padCase: fc.Arbitrary<Case> = shaped(1, 4).chain(({ full, open }) => {
  const counts = fc
    .array(fc.nat(2), { minLength: full.length, maxLength: full.length })
    .map((list) => list.map((extra, axis) => (open && axis === 0 ? 0 : extra)));
  return fc
    .tuple(counts, counts, fc.constantFrom(0, -1.5, Infinity, -Infinity))
    .map(([before, after, value]) => ({
      inputs: [input(full, open)],
      build: (p, values) => p.pad(only(values), before, after, value),
      expected: (values) => pad(nth(values, 0), before, after, value),
      exact: true,
    }));
});

/** The first of two broadcasting operands grows to the shape of both. */
const expandCase: fc.Arbitrary<Case> = broadcasting(1).chain(([x = input([])]) =>
  fc
    .tuple(shape(0, 2), fc.array(size, { minLength: x.shape.length, maxLength: x.shape.length }))
    .map(([leading, grown]) => {
      const wide = (dims: CaseInput['dims']) => dims.map((dim, axis) => (dim === 1 ? nth(grown, axis) : dim));
      const sizes = [
        ...leading,
        ...x.shape.map((length, axis) => (x.dims[axis] === 1 ? nth(grown, axis) : length)),
      ];
      return {
        inputs: [x, { dims: [...leading, ...wide(x.dims)], shape: sizes, domain: 'any' }],
        build: (p, values) => p.expandLike(...pair(values)),
        expected: (values) => expand(nth(values, 0), sizes),
        exact: true,
      };
    }),
);

/** Open dimensions stay where they are. */
const expandToCase: fc.Arbitrary<Case> = shaped(1, 3).chain(({ full, open }) =>
  fc
    .tuple(open ? fc.constant([]) : shape(0, 2), fc.array(size, { minLength: 3, maxLength: 3 }))
    .map(([leading, grown]) => {
      const x = input(full, open);
      const grow = <T>(dims: readonly T[]) =>
        dims.map((dim, axis) => (x.dims[axis] === 1 ? nth(grown, axis) : dim));
      return {
        inputs: [x],
        build: (p, values) => p.expand(only(values), [...leading, ...grow(only(values).shape)]),
        expected: (values) => expand(nth(values, 0), [...leading, ...grow(full)]),
        exact: true,
      };
    }),
);

/** A copy per row of the second input. */
const repeatCase: fc.Arbitrary<Case> = fc.tuple(shape(0, 3), shaped(1, 3)).map(([full, like]) => ({
  inputs: [input(full, false), input(like.full, like.open)],
  build: (p, values) => p.repeatLike(...pair(values)),
  expected: (values) => expand(nth(values, 0), [nth(like.full, 0), ...full]),
  exact: true,
}));

const fillCase: fc.Arbitrary<Case> = fc
  .tuple(shaped(0, 3), fc.constantFrom(0, -0, 1.5, Infinity, -Infinity, Number.NaN))
  .map(([{ full, open }, value]) => ({
    inputs: [input(full, open)],
    build: (p, values) => p.fillLike(only(values), value),
    expected: () => dense(full, () => value),
    exact: true,
  }));

const places = (sizes: readonly number[], below: number): fc.Arbitrary<CaseInput> =>
  fc
    .tuple(
      fc.array(fc.integer({ min: -below, max: below - 1 }), {
        minLength: count(sizes),
        maxLength: count(sizes),
      }),
      fc.constantFrom<'int64' | 'int32'>('int64', 'int32'),
    )
    .map(([values, dtype]) => input(sizes, false, { dtype, values }));

const gatherCase: fc.Arbitrary<Case> = shaped(1, 3).chain(({ full, open }) =>
  axisOf(full.length).chain((axis) =>
    shape(0, 2)
      .chain((sizes) => places(sizes, nth(full, axis)))
      .map((at) => ({
        inputs: [input(full, open), at],
        build: (p, values) => p.gather(...pair(values), axis),
        expected: (values) => gather(nth(values, 0), nth(values, 1), axis),
        exact: true,
      })),
  ),
);

const alongAxis = fc
  .record({ full: shape(1, 3), length: size })
  .chain(({ full, length }) =>
    axisOf(full.length).chain((axis) =>
      places(full.with(axis, length), nth(full, axis)).map((at) => ({ full, axis, at })),
    ),
  );

const gatherElementsCase: fc.Arbitrary<Case> = alongAxis.map(({ full, axis, at }) => ({
  inputs: [input(full), at],
  build: (p, values) => p.gatherElements(...pair(values), axis),
  expected: (values) => gatherElements(nth(values, 0), nth(values, 1), axis),
  exact: true,
}));

const scatterElementsCase: fc.Arbitrary<Case> = alongAxis.map(({ full, axis, at }) => ({
  inputs: [input(full), at, input(at.shape)],
  build: (p, values) => p.scatterElements(...three(values), axis),
  expected: (values) => scatterElements(nth(values, 0), nth(values, 1), nth(values, 2), axis),
}));

/** One update per line: what the gradient does where updates meet is a choice. */
const replaceElementsCase: fc.Arbitrary<Case> = shape(1, 3).chain((full) =>
  axisOf(full.length).chain((axis) =>
    places(full.with(axis, 1), nth(full, axis)).map((at) => ({
      inputs: [input(full), at, input(at.shape)],
      build: (p, values) => p.replaceElements(...three(values), axis),
      expected: (values) => replaceElements(nth(values, 0), nth(values, 1), nth(values, 2), axis),
      exact: true,
    })),
  ),
);

export const movementCases = {
  reshape: reshapeCase,
  transpose: transposeCase,
  concat: concatCase,
  slice: sliceCase,
  piece: pieceCase,
  pad: padCase,
  expandLike: expandCase,
  expand: expandToCase,
  repeatLike: repeatCase,
  fillLike: fillCase,
  gather: gatherCase,
  gatherElements: gatherElementsCase,
  scatterElements: scatterElementsCase,
  replaceElements: replaceElementsCase,
};
