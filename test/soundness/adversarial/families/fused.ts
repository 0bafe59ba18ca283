// w x - float32(w x): 0 where the product is rounded before the sum, and what rounding lost where a multiply-add is fused. Scaled up, that
// switches; which of the two is wrong is chosen so that exact arithmetic is right.
import { float32 } from '../../../../src/base/tensor.js';
import { Draw } from '../../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { type AdversarialCase, atMost, type Family } from '../case.js';

const layouts: Readonly<Record<string, readonly NodeShorthand[]>> = {
  'Gemm with a bias': [['Gemm', ['x', 'w', 'c'], 's']],
  'MatMul and Add': [
    ['MatMul', ['x', 'w'], 'p'],
    ['Add', ['p', 'c'], 's'],
  ],
  'Gemm of two terms': [
    ['Gemm', ['x', 'up', 'beside'], 'h'],
    ['Gemm', ['h', 'both'], 's'],
  ],
};

const scale = 2 ** 25;

/** The only input of the range; what is lost is positive: exact arithmetic has it, a rounded product has not. */
function drawn(draw: Draw): { readonly w: number; readonly x: number; readonly lost: number } {
  for (;;) {
    const [w, x] = [Math.fround(1 + draw.uniform()), Math.fround(1 + draw.uniform())];
    const lost = w * x - Math.fround(w * x);
    if (lost > 2 ** -25) return { w, x, lost };
  }
}

function built(layout: string, seed: number): AdversarialCase {
  const { w, x, lost } = drawn(new Draw(seed));
  const c = -Math.fround(w * x);
  return {
    name: `${layout}, ${seed}`,
    file: modelOf(['batch', 1], [...(layouts[layout] ?? []), ['Mul', ['s', 'scale'], 'y']], {
      w: float32([w], [1, 1]),
      c: float32([c]),
      up: float32([1, 0], [1, 2]),
      beside: float32([0, 1]),
      both: float32([w, c], [2, 1]),
      scale: float32([scale]),
    }),
    range: [x, x],
    inputs: 1,
    outputs: 1,
    violatedWhere: atMost((lost * scale) / 2),
    points: [[x]],
  };
}

export const fused: Family = {
  title: 'what fused multiply-add changes',
  source: 'Szasz et al. 2025, on differences between processors',
  cases: Object.keys(layouts).flatMap((layout) => [1, 2].map((seed) => built(layout, seed))),
};
