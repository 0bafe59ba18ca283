// An image counts as a finding's only where its parameters make it of its seed, bit for bit.
import { expect, test } from 'vitest';
import { nextAbove } from '../../../../src/base/float32-rounding.js';
import { isPerturbed } from '../../../../src/cli/findings/perturbed.js';
import { transformed } from '../../../../src/graph/perturbation/reference.js';
import { parametersOf } from '../../../../src/graph/perturbation/transform.js';
import { Draw } from '../../../helpers/draw.js';
import { parametersFrom, perturbationFrom, sourceFrom } from '../../../helpers/perturbations.js';

test('the image of the parameters and no other', () => {
  const draw = new Draw(51);
  for (let run = 0; run < 20; run++) {
    const how = perturbationFrom(draw);
    const { transform, image } = how;
    const numbers = parametersFrom(draw, how);
    const parameters = Object.fromEntries(parametersOf(how).map(({ name }, at) => [name, numbers[at] ?? 0]));
    const limits = Array.from(how.lower, (least, at) => [least, how.upper[at] ?? 0] as const);
    const source = sourceFrom(draw, how);
    source[0] = 0.5;
    const seed = source.slice();
    seed[0] = 0.625;
    const stored = { transform, image, limits, parameters, source: 'source.npy' as const };
    const input = transformed(how, parameters, source);
    const near = { linfEpsilon: 0.125 };
    expect(isPerturbed(input, { seed, source }, near, stored)).toBe(true);
    expect(isPerturbed(input, { seed, source }, { linfEpsilon: 0.1249 }, stored)).toBe(false);
    const other = input.slice();
    other[0] = nextAbove(other[0] ?? 0);
    expect(isPerturbed(other, { seed, source }, near, stored)).toBe(false);
    const [first] = parametersOf(how);
    const beyond = { ...parameters, [first?.name ?? '']: nextAbove(Math.fround(first?.range[1] ?? 0)) };
    const moved = transformed(how, beyond, source);
    expect(isPerturbed(moved, { seed, source }, near, { ...stored, parameters: beyond })).toBe(false);
  }
});
