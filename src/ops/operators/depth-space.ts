// DepthToSpace and SpaceToDepth: blocks of space moved out of, or into, the channels.
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute, stringAttribute } from '../attributes.js';
import { movement } from '../movement.js';
import type { NodeContext, Operator } from '../operator.js';

const sizesOf = ({ shape }: Value) => ({
  batch: shape[0] ?? 1,
  channels: staticDim(shape, 1),
  height: staticDim(shape, 2),
  width: staticDim(shape, 3),
});

/** Channels are ordered by block first (DCR), or last (CRD). */
function toSpace({ p, node, output }: NodeContext, x: Value): Value {
  const block = intAttribute(node, 'blocksize', 1);
  const { batch, channels, height, width } = sizesOf(x);
  const inner = channels / (block * block);
  const blockFirst = stringAttribute(node, 'mode', 'DCR') === 'DCR';
  const apart = p.reshape(x, [
    batch,
    ...(blockFirst ? [block, block, inner] : [inner, block, block]),
    height,
    width,
  ]);
  return p.reshape(p.transpose(apart, blockFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]), output.shape);
}

function toDepth({ p, node, output }: NodeContext, x: Value): Value {
  const block = intAttribute(node, 'blocksize', 1);
  const { batch, channels, height, width } = sizesOf(x);
  const apart = p.reshape(x, [batch, channels, height / block, block, width / block, block]);
  return p.reshape(p.transpose(apart, [0, 3, 5, 1, 2, 4]), output.shape);
}

/** DepthToSpace (ONNX opset 1+). [batch, c, h, w] -> [batch, c / b^2, h b, w b]. Exact. */
export const depthToSpace = movement('DepthToSpace', toSpace) satisfies Operator;
/** SpaceToDepth (ONNX opset 1+). [batch, c, h, w] -> [batch, c b^2, h / b, w / b]. Exact. */
export const spaceToDepth = movement('SpaceToDepth', toDepth) satisfies Operator;
