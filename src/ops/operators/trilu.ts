import { tensor, toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { movement } from '../movement.js';
import { type NodeContext, NotLowered, type Operator } from '../operator.js';

/** Elements on one side of the k-th diagonal of the last two axes; zeros on the other. */
function triangle({ p, node, constant }: NodeContext, x: Value): Value {
  const given = constant(1);
  if (given === undefined && (node.inputs[1] ?? '') !== '')
    throw new NotLowered('Trilu of a computed diagonal');
  const k = given === undefined ? 0 : (toNumbers(given)[0] ?? 0);
  const rank = x.shape.length;
  const [rows, columns] = [staticDim(x.shape, rank - 2), staticDim(x.shape, rank - 1)];
  const upper = intAttribute(node, 'upper', 1) !== 0;
  const kept = Uint8Array.from({ length: rows * columns }, (_, at) => {
    const beyond = (at % columns) - Math.floor(at / columns) - k;
    return Number(upper ? beyond >= 0 : beyond <= 0);
  });
  return p.where(p.constant(tensor('bool', [rows, columns], kept)), x, 0);
}

/** Trilu (ONNX opset 14+) at a constant diagonal. Exact. */
export const trilu = movement('Trilu', triangle) satisfies Operator;
