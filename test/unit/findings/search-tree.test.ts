// What reports keep of proofs, and of which instances.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProofNode } from '../../../src/findings/certificate/certificate.js';
import { closestShown, hardestShown, mostBounded, mostTrees } from '../../../src/findings/evidence-shown.js';
import type { InstanceReport } from '../../../src/findings/report.js';
import { mostNodes, mostSplits, searchTreeOf } from '../../../src/findings/search-tree.js';
import { proved, unknown, violated } from '../../helpers/html-reports.js';
import { effort } from '../../helpers/laws.js';

const leaf: ProofNode = { kind: 'leaf' };
const cut = (input: number, at: number, left: ProofNode, right: ProofNode): ProofNode => ({
  ...{ kind: 'cut', input, at, left, right },
});
const sign = (place: number, positive: ProofNode, negative: ProofNode): ProofNode => ({
  ...{ kind: 'sign', place, positive, negative },
});
const places = {
  values: [
    { name: 'conv', elements: [4, 9] },
    { name: 'fc', elements: [2] },
  ],
  tightened: [],
};

test('leaves, depth, what was split, and the tree from its root', () => {
  const root = cut(3, 0.5, leaf, sign(2, cut(3, 0.75, leaf, leaf), leaf));
  const small = sign(1, leaf, leaf);
  const tree = searchTreeOf([root, leaf, small].map((each) => ({ root: each, places })));
  expect(tree).toEqual({
    trees: 2,
    leaves: 6,
    depth: 3,
    splits: [
      { split: 'x[3]', count: 2 },
      { split: 'fc[2]', count: 1 },
      { split: 'conv[9]', count: 1 },
    ],
    otherSplits: 0,
    nodes: [
      { leaves: 4, split: 'x[3]', at: 0.5, parts: 1 },
      { leaves: 1 },
      { leaves: 3, split: 'fc[2]', parts: 3 },
      { leaves: 2, split: 'x[3]', at: 0.75, parts: 5 },
      { leaves: 1 },
      { leaves: 1 },
      { leaves: 1 },
    ],
  });
  expect(searchTreeOf([{ root: leaf, places }])).toBeUndefined();
});

test('of a tree thousands of splits deep the top is kept, and the rest counted', () => {
  let root: ProofNode = leaf;
  for (let level = 0; level < 4000; level++) root = cut(level % 20, 0, root, leaf);
  const tree = searchTreeOf([{ root, places: undefined }]);
  expect(tree).toMatchObject({ leaves: 4001, depth: 4000, trees: 1 });
  expect(tree?.nodes).toHaveLength(mostNodes);
  expect(tree?.splits).toHaveLength(mostSplits);
  const counted = tree?.splits.reduce((sum, { count }) => sum + count, tree.otherSplits);
  expect(counted).toBe(4000);
});

const node = fc.letrec<{ node: ProofNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 8 },
    fc.constant(null).map((): ProofNode => ({ kind: 'leaf' })),
    fc.tuple(fc.nat(30), tie('node'), tie('node')).map(([input, left, right]) => cut(input, 1, left, right)),
    fc.tuple(fc.nat(2), tie('node'), tie('node')).map(([place, one, two]) => sign(place, one, two)),
  ),
})).node;

test('what is listed adds up: a part has as many leaves as its own parts have', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 3 }), (roots) => {
      const tree = searchTreeOf(roots.map((root) => ({ root, places })));
      for (const { leaves, parts } of tree?.nodes ?? []) {
        if (parts === undefined) continue;
        const [one, two] = [tree?.nodes[parts], tree?.nodes[parts + 1]];
        expect((one?.leaves ?? 0) + (two?.leaves ?? 0)).toBe(leaves);
      }
      expect(tree?.nodes.length ?? 0).toBeLessThanOrEqual(mostNodes);
    }),
    { seed: 7, numRuns: effort(100) },
  );
});

test('of many instances the closest and the hardest are shown; parts of a run, joined, show the same', () => {
  const verdict = fc.oneof(
    fc.constantFrom(proved(0.5), proved(1), proved(null), unknown('loose'), violated(-1, 'f')),
  );
  const instance = fc.record({ verdict, leaves: fc.nat(3) });
  const reported = (drawn: { verdict: InstanceReport['verdict']; leaves: number }[]): InstanceReport[] =>
    drawn.map(({ verdict: of, leaves }, at) => ({
      instance: `row ${at}`,
      verdict: of,
      outputBounds: [],
      ...(leaves > 0 && {
        searchTree: { trees: 1, leaves, depth: 1, splits: [], otherSplits: 0, nodes: [] },
      }),
    }));
  const shown = (instances: readonly InstanceReport[]) => closestShown(hardestShown(instances));
  fc.assert(
    fc.property(fc.array(instance, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (drawn, count) => {
      const whole = reported(drawn);
      const parts = Array.from({ length: count }, (_, part) => whole.filter((__, at) => at % count === part));
      const joined = new Map(parts.flatMap(shown).map((one) => [one.instance, one]));
      const merged = shown(whole.flatMap(({ instance: name }) => joined.get(name) ?? []));
      expect(merged).toEqual(shown(whole));
      expect(merged.filter(({ outputBounds }) => outputBounds).length).toBe(
        Math.min(mostBounded, whole.length),
      );
      expect(merged.filter(({ searchTree }) => searchTree).length).toBeLessThanOrEqual(mostTrees);
    }),
    { seed: 7, numRuns: effort(100) },
  );
});
