// The checker's bounds are not the search's: where a leaf is not proved by them it is cut further, and where a part needs none of its
// parts they are left out. None of this is trusted: the certificate that comes of it is checked like any other.
import type { Failure, Mending } from '../../certify/walk.js';
import type { ProofNode } from '../../findings/certificate/certificate.js';

export type Mended = Mending & {
  /** The tree with what was found. */
  applied(root: ProofNode): ProofNode;
  /** Leaves that were cut. */
  cuts(): number;
};

/** @param most leaves that are cut, at most */
export function createMending(most: number): Mended {
  let cuts = 0;
  const instead = new Map<ProofNode, ProofNode>();
  const applied = (node: ProofNode): ProofNode => {
    const own = instead.get(node) ?? node;
    switch (own.kind) {
      case 'cut':
        return { ...own, left: applied(own.left), right: applied(own.right) };
      case 'sign':
        return { ...own, positive: applied(own.positive), negative: applied(own.negative) };
      default:
        return own;
    }
  };
  return {
    mend: (failure) => {
      if (cuts >= most || hasChoice(failure) || !isSmall(failure.box)) return undefined;
      const cut = cutOf(failure);
      if (cut !== undefined) {
        instead.set(failure.leaf, cut);
        cuts++;
      }
      return cut;
    },
    pruned: (node) => {
      instead.set(node, { kind: 'leaf' });
    },
    applied,
    cuts: () => cuts,
  };
}

/** Below signs there are no cuts. */
const hasChoice = ({ leaf, sides }: Failure): boolean =>
  sides.length > 0 || (leaf.kind === 'leaf' && leaf.choice !== undefined);

/** Halves of one input of many gain nothing. */
const greatestInputs = 16;
const isSmall = ({ lower, upper }: Failure['box']): boolean =>
  lower.filter((low, at) => low < (upper[at] ?? low)).length <= greatestInputs;

/** At the middle of the input that moves the best row's linear bound most. */
function cutOf({ box: { lower, upper }, rows }: Failure): ProofNode | undefined {
  const best = rows.reduce((one, other) => (other.bound > one.bound ? other : one));
  const width = (at: number) => (upper[at] ?? 0) - (lower[at] ?? 0);
  const moved = Array.from(best.coefficients, (a, at) => Math.abs(a) * width(at));
  const input = moved.reduce((most, value, at) => (value > (moved[most] ?? 0) ? at : most), 0);
  const at = Math.fround((lower[input] ?? 0) / 2 + (upper[input] ?? 0) / 2);
  if (!(at > (lower[input] ?? 0) && at < (upper[input] ?? 0))) return undefined;
  return { kind: 'cut', input, at, left: { kind: 'leaf' }, right: { kind: 'leaf' } };
}
