// Steps with the derivative of what they step along (straight-through estimation: Bengio et al., arXiv 1308.3432; clipped as in
// Hubara et al., arXiv 1602.02830), so that gradients reach through binarised and quantised layers.
import type { Program } from '../../program/program.js';
import { only, reachable, type Value } from '../../program/value.js';

/** What a step's derivative is taken from, of its argument. */
const surrogates: Readonly<Record<string, (p: Program, x: Value) => Value>> = {
  sign: (p, x) => p.tanh(x),
  floor: (_p, x) => x,
  ceil: (_p, x) => x,
  round: (_p, x) => x,
};

/** The same numbers, but for rounding of a few units in the last place, with other derivatives. */
export function straightThrough(p: Program, output: Value): Value {
  const replaced = new Map<Value, Value>();
  for (const value of reachable([output])) {
    const rebuilt = p.rebuild([value], replaced)(value);
    const surrogate = surrogates[value.primitive];
    const passed =
      surrogate === undefined ? rebuilt : passing(p, rebuilt, surrogate(p, only(rebuilt.inputs)));
    if (passed !== value) replaced.set(value, passed);
  }
  return replaced.get(output) ?? output;
}

const passing = (p: Program, step: Value, smooth: Value): Value =>
  p.add(smooth, p.detach(p.sub(step, smooth)));
