// A proof's tree as a text of letters, one for each node, parents before their parts and the first part before the second; what nodes
// hold lies in arrays, in the same order.
import { decoded, encoded, float32, float64, uint16, uint32 } from './arrays.js';
import { type LeafChoice, Malformed, type ProofNode } from './certificate.js';
import type { ProofFile } from './schema.js';

export function encodeTree(root: ProofNode): ProofFile {
  const letters: string[] = [];
  const [cutInputs, cutPlaces, signs, points]: [number[], number[], number[], number[]] = [[], [], [], []];
  const choices: LeafChoice[] = [];
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    letters.push(letterOf(node));
    if (node.kind === 'cut') {
      cutInputs.push(node.input);
      cutPlaces.push(node.at);
      stack.push(node.right, node.left);
    } else if (node.kind === 'sign') {
      signs.push(node.place);
      if (node.at !== undefined) points.push(node.at);
      stack.push(node.negative, node.positive);
    } else if (node.kind === 'leaf' && node.choice !== undefined) choices.push(node.choice);
  }
  const all = (part: (choice: LeafChoice) => ArrayLike<number>) =>
    choices.flatMap((choice) => Array.from(part(choice)));
  return {
    tree: letters.join(''),
    cutInputs: encoded(cutInputs, uint32),
    cutPlaces: encoded(cutPlaces, float32),
    signs: encoded(signs, uint32),
    ...(points.length > 0 && { points: encoded(points, float32) }),
    weights: encoded(
      all(({ weights }) => weights),
      float64,
    ),
    slopes: encoded(
      all(({ slopes }) => slopes),
      uint16,
    ),
    multipliers: encoded(
      all(({ multipliers }) => multipliers),
      float32,
    ),
  };
}

function letterOf(node: ProofNode): string {
  if (node.kind === 'leaf') return node.choice === undefined ? 'l' : 'a';
  if (node.kind === 'sign') return node.at === undefined ? 's' : 'p';
  return { cut: 'c', open: 'o' }[node.kind];
}

/** What is yet to be read of the arrays. */
class Source {
  private at = 0;
  constructor(
    private readonly values: readonly number[],
    private readonly what: string,
  ) {}

  take(count: number): number[] {
    const taken = this.values.slice(this.at, this.at + count);
    if (taken.length < count) throw new Malformed(`${this.what}: too few numbers`);
    this.at += count;
    return taken;
  }

  one(): number {
    return this.take(1)[0] ?? Number.NaN;
  }

  finish(): void {
    if (this.at < this.values.length) throw new Malformed(`${this.what}: too many numbers`);
  }
}

/** Greatest number of parts within parts. */
const greatestDepth = 5000;

/**
 * A tree that ends early leaves parts of which nothing is claimed.
 * @param sizes of what the leaves hold
 * @throws Malformed
 */
export function decodeTree(
  file: ProofFile,
  sizes: { readonly constraints: number; readonly places: number },
): ProofNode {
  const arrays = {
    cutInputs: new Source(decoded(file.cutInputs, uint32, 'cutInputs'), 'cutInputs'),
    cutPlaces: new Source(decoded(file.cutPlaces, float32, 'cutPlaces'), 'cutPlaces'),
    signs: new Source(decoded(file.signs, uint32, 'signs'), 'signs'),
    points: new Source(decoded(file.points ?? '', float32, 'points'), 'points'),
    weights: new Source(decoded(file.weights, float64, 'weights'), 'weights'),
    slopes: new Source(decoded(file.slopes, uint16, 'slopes'), 'slopes'),
    multipliers: new Source(decoded(file.multipliers, float32, 'multipliers'), 'multipliers'),
  };
  let at = 0;
  const next = (depth: number, signs: number): ProofNode => {
    if (depth > greatestDepth) throw new Malformed(`a tree deeper than ${greatestDepth}`);
    const letter = file.tree[at++];
    switch (letter) {
      case 'c': {
        const [input, place] = [arrays.cutInputs.one(), arrays.cutPlaces.one()];
        return { kind: 'cut', input, at: place, left: next(depth + 1, signs), right: next(depth + 1, signs) };
      }
      case 's':
      case 'p': {
        const place = arrays.signs.one();
        const point = letter === 'p' && { at: arrays.points.one() };
        const positive = next(depth + 1, signs + 1);
        return { kind: 'sign', place, ...point, positive, negative: next(depth + 1, signs + 1) };
      }
      case 'l':
        return { kind: 'leaf' };
      case 'a':
        return {
          kind: 'leaf',
          choice: {
            weights: arrays.weights.take(sizes.constraints),
            slopes: Uint16Array.from(arrays.slopes.take(sizes.places)),
            multipliers: arrays.multipliers.take(signs),
          },
        };
      default:
        return { kind: 'open' };
    }
  };
  const root = next(0, 0);
  if (at < file.tree.length) throw new Malformed('a tree with nodes left over');
  for (const source of Object.values(arrays)) source.finish();
  return root;
}
