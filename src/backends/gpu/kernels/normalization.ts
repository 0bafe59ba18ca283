// BatchNormalization of a trained model: one factor and one summand per channel, folded once, in float64.
import { toNumbers } from '../../../base/tensor.js';
import { floatAttribute, intAttribute } from '../../../ops/attributes.js';
import { type Kernel, type KernelContext, NoKernel } from '../kernel.js';
import { placesOf } from '../places.js';

function parametersOf(context: KernelContext): number[][] {
  return [1, 2, 3, 4].map((position) => {
    const given = context.constant(position);
    if (given === undefined) throw new NoKernel('computed statistics');
    return toNumbers(given);
  });
}

export const batchNormalization: Kernel = {
  kind: 'pointwise',
  data: 1,
  keepsNonFinite: true,
  apply: (writer, [x], context) => {
    if (context.index > 0 || intAttribute(context.node, 'training_mode', 0) !== 0)
      throw new NoKernel('batch normalization in training');
    const [scale = [], shift = [], mean = [], variance = []] = parametersOf(context);
    const epsilon = floatAttribute(context.node, 'epsilon', Math.fround(1e-5));
    const factors = scale.map((each, c) => each / Math.sqrt((variance[c] ?? 0) + epsilon));
    const summands = shift.map((each, c) => each - (mean[c] ?? 0) * (factors[c] ?? 0));
    const spread = (values: readonly number[]) =>
      placesOf(context.output, ([, channel = 0]) => values[channel] ?? 0);
    const [factor, summand] = [writer.table(spread(factors)), writer.table(spread(summands))];
    return `(${x} * ${factor}[${writer.element}] + ${summand}[${writer.element}])`;
  },
};
