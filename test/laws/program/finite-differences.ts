// Gradients of a program next to central finite differences of the same program.
import { expect } from 'vitest';
import { float64, type Tensor, toNumbers } from '../../../src/base/tensor.js';
import { compile } from '../../../src/program/compile.js';
import { grad } from '../../../src/program/grad.js';
import type { Program } from '../../../src/program/program.js';
import type { Feeds, Session } from '../../../src/program/session.js';
import type { Value } from '../../../src/program/value.js';
import { inline, result } from '../../helpers/programs.js';

const STEP = 1e-5;

async function lossAt(session: Session, feeds: Feeds): Promise<number> {
  return toNumbers(result(await session.run(feeds), 'loss')).reduce((a, b) => a + b, 0);
}

/** d loss / d element, one element after the other. */
async function differences(session: Session, feeds: Feeds, name: string): Promise<number[]> {
  const x: Tensor = result(feeds, name);
  const values = toNumbers(x);
  const moved = (at: number, by: number) =>
    lossAt(session, { ...feeds, [name]: float64(values.with(at, (values[at] ?? 0) + by), x.shape) });
  const slopes: number[] = [];
  for (const at of values.keys()) {
    slopes.push(((await moved(at, STEP)) - (await moved(at, -STEP))) / (2 * STEP));
  }
  return slopes;
}

/** Fails where a derivative of the float64 `loss` with respect to one of the inputs `wrt` is not its slope. */
export async function compareGradients(
  p: Program,
  loss: Value,
  wrt: readonly Value[],
  feeds: Feeds,
): Promise<void> {
  const gradients = grad(p, loss, wrt);
  const outputs = Object.fromEntries(gradients.map((value, at) => [`d${at}`, value]));
  const session = await compile(p, { loss }, inline);
  const actual = await (await compile(p, outputs, inline)).run(feeds);
  for (const [at, input] of wrt.entries()) {
    const name = String(input.attributes.name);
    const slopes = await differences(session, feeds, name);
    const derivative = result(actual, `d${at}`);
    expect(derivative.shape).toEqual(result(feeds, name).shape);
    toNumbers(derivative).forEach((value, place) => {
      const slope = slopes[place] ?? Number.NaN;
      expect(Math.abs(value - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)) * 10);
    });
  }
}
