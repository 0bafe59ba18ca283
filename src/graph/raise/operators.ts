// Operators that were replaced by others.

import { float32 } from '../../base/tensor.js';
import type { Node } from '../graph.js';
import { type RaiseContext, type RaiseRule, withAttributes, withInputs } from './rule.js';

/** The first Resize was Upsample under another name. */
function upsample({ node, constant }: RaiseContext): Node[] {
  const [data = '', given] = node.inputs;
  const scales = node.attributes.get('scales');
  const list = scales?.kind === 'floats' ? scales.value : [];
  const inputs = [data, given ?? constant('scales', float32(list))];
  return [{ ...withInputs(node, inputs, ['scales']), type: 'Resize' }];
}

/** Pixel i of the result lay at i / scale, rounded down. */
function firstResize({ node }: RaiseContext): Node[] {
  const [data = '', scales = ''] = node.inputs;
  const sampled = withAttributes(withInputs(node, [data, '', scales]), {
    coordinate_transformation_mode: { kind: 'string', value: 'asymmetric' },
    nearest_mode: { kind: 'string', value: 'floor' },
  });
  return [sampled];
}

export const operatorRules: readonly RaiseRule[] = [
  { types: ['Upsample'], since: 10, raise: upsample },
  { types: ['Resize'], since: 11, raise: firstResize },
  { types: ['Scatter'], since: 11, raise: ({ node }) => [{ ...node, type: 'ScatterElements' }] },
];
