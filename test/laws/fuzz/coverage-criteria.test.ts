// Every criterion against its definition, on random networks and inputs: which rows are new, one after the other, and what share
// is covered; and screening, which may never miss what a profile calls new.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { neuronBoundary, strongActivation } from '../../../src/fuzz/coverage/corners.js';
import type { CoverageCriterion, CoverageState } from '../../../src/fuzz/coverage/criterion.js';
import { coverageCriteria } from '../../../src/fuzz/coverage/index.js';
import { kMultisection } from '../../../src/fuzz/coverage/k-multisection.js';
import { absoluteNeuronCoverage, neuronCoverage } from '../../../src/fuzz/coverage/neuron-coverage.js';
import { signPatterns } from '../../../src/fuzz/coverage/sign-patterns.js';
import { topKNeurons } from '../../../src/fuzz/coverage/top-k-neurons.js';
import { topKPatterns } from '../../../src/fuzz/coverage/top-k-patterns.js';
import { Draw } from '../../helpers/draw.js';
import { effort, holds } from '../../helpers/laws.js';
import { inputs, network, rowsOf } from './coverage-networks.js';
import {
  corners,
  groupsOfEight,
  isFiniteInput,
  type MakeReference,
  multisection,
  plainNeuronCoverage,
  scaledNeuronCoverage,
  topNeuronCoverage,
  topPatternCoverage,
} from './coverage-references.js';
import { activationsOf, type Questions, questions, rowOf } from './screens.js';

/** A run of the fuzzer in small: batches of children of corpus entries, judged as the loop does. */
async function run(criterion: CoverageCriterion, draw: Draw, strangeSeeds: boolean) {
  const { model, middles } = await network(draw);
  const asked = await questions(criterion, model);
  const seeds = rowsOf(draw, draw.int(1, 6), strangeSeeds);
  const mutants = rowsOf(draw, seeds.shape[0] ?? 1, false);
  const [before, after] = [await asked.profile(seeds), await asked.profile(mutants)];
  const state = criterion.createState({ seeds: before.data, mutants: after.data, width: before.width });
  const judged: Judged[] = [];
  let size = seeds.shape[0] ?? 1;
  for (let batch = 0; batch < 3; batch++) {
    const rows = rowsOf(draw, 12, true);
    const results = await judge(asked, state, rows, size, draw);
    judged.push(
      ...results.map((result, row) => ({
        ...result,
        input: rows.data.subarray(row * inputs, (row + 1) * inputs),
      })),
    );
    size += 12;
  }
  const activations = await activationsOf(model);
  return {
    middles,
    state,
    judged,
    seeds: await activations(seeds),
    mutants: await activations(mutants),
    children: await activations(
      float32(
        judged.flatMap(({ input }) => [...input]),
        [judged.length, inputs],
      ),
    ),
  };
}

type Judged = {
  readonly suspicion: number | undefined;
  readonly novelty: number;
  readonly isNew: boolean;
  readonly wasNew: boolean;
  readonly input: Float32Array;
};

/** All rows join the corpus, so that some of it is known and some is not. */
async function judge(
  asked: Questions,
  state: CoverageState,
  rows: Tensor<'float32'>,
  size: number,
  draw: Draw,
) {
  const count = rows.shape[0] ?? 0;
  const snapshot = state.snapshot();
  const entries = Int32Array.from({ length: 3 }, () => draw.int(0, size - 1));
  const parents = Array.from({ length: count }, () => draw.int(0, 2));
  const suspicion = asked.screens
    ? await asked.suspicion(rows, parents, snapshot, state.parentFeeds?.(entries))
    : undefined;
  const novelty = await asked.novelty(rows, snapshot);
  const profiles = await asked.profile(rows);
  // New to all that had joined when the batch was made.
  const wasNew = Array.from({ length: count }, (_, row) => state.isNew(rowOf(profiles, row), snapshot));
  return Array.from({ length: count }, (_, row) => {
    const profile = rowOf(profiles, row);
    const isNew = state.isNew(profile, snapshot);
    const [value, suspected] = [novelty[row] ?? Number.NaN, suspicion?.[row]];
    state.add(profile, value > 0 && isNew);
    return { suspicion: suspected, novelty: value, isNew, wasNew: wasNew[row] ?? false };
  });
}

type Case = readonly [
  name: string,
  criterion: CoverageCriterion,
  reference: (middles: readonly number[]) => MakeReference,
];

const cases: readonly Case[] = [
  ['neuron coverage', neuronCoverage(), () => scaledNeuronCoverage(0.75)],
  ['neuron coverage above 0.25', neuronCoverage({ threshold: 0.25 }), () => scaledNeuronCoverage(0.25)],
  ['absolute', absoluteNeuronCoverage(), () => plainNeuronCoverage(0.75)],
  ['absolute above 0.1', absoluteNeuronCoverage({ threshold: 0.5 }), () => plainNeuronCoverage(0.5)],
  ['boundary', neuronBoundary(), () => corners('both', 0)],
  ['boundary, widened', neuronBoundary({ deviations: 2 }), () => corners('both', 2)],
  ['strong activation', strongActivation(), () => corners('upper', 0)],
  ['five sections', kMultisection({ sections: 5 }), () => multisection(5)],
  ['a thousand sections', kMultisection(), () => multisection(1000)],
  ['top neuron', topKNeurons({ k: 1 }), () => topNeuronCoverage(1)],
  ['top two neurons', topKNeurons(), () => topNeuronCoverage(2)],
  ['top three neurons', topKNeurons({ k: 3 }), () => topNeuronCoverage(3)],
  ['patterns of the top neuron', topKPatterns({ k: 1 }), () => topPatternCoverage(1)],
  ['patterns of the top two', topKPatterns(), () => topPatternCoverage(2)],
  ['signs', signPatterns(), groupsOfEight],
];

/** Few networks, for each is compiled several times. */
const law = (check: (seed: number) => Promise<void>) => holds(fc.nat(1e9), check, effort(16));

describe('as defined', () => {
  test.each(cases)('%s', (_name, criterion, reference) =>
    law(async (seed) => {
      const { middles, state, judged, seeds, mutants, children } = await run(criterion, new Draw(seed), true);
      // One seed has no range of its own.
      const finite = seeds.filter(isFiniteInput);
      const data = finite.length < 2 ? [...finite, ...mutants] : finite;
      const { cellsOf, total } = reference(middles)(data);
      const known = new Set(finite.flatMap(cellsOf));
      const expected = children.map((child) => {
        const cells = isFiniteInput(child) ? cellsOf(child) : [];
        const isNew = cells.some((cell) => !known.has(cell));
        for (const cell of cells) known.add(cell);
        return isNew;
      });
      expect(judged.map(({ novelty, isNew }) => novelty > 0 && isNew)).toEqual(expected);
      expect(missed(judged)).toEqual([]);
      const share = total === undefined ? null : total === 0 ? 1 : known.size / total;
      const { covered, kept } = state.summary();
      expect([kept, covered === null ? null : covered.toFixed(9)]).toEqual([
        expected.filter(Boolean).length,
        share === null ? null : share.toFixed(9),
      ]);
    }),
  );
});

describe('screening suspects whatever the profile calls new', () => {
  test.each(Object.entries(coverageCriteria))('%s', (_name, criterion) =>
    law(async (seed) => {
      expect(missed((await run(criterion, new Draw(seed), true)).judged)).toEqual([]);
    }),
  );
});

/** What is new to a row's snapshot and to all that joined since, and was not suspected. */
const missed = (judged: readonly Judged[]) =>
  judged.filter(
    ({ suspicion, novelty, wasNew }) => novelty > 0 && wasNew && suspicion !== undefined && !(suspicion > 0),
  );
