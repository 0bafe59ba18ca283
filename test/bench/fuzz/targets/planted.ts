// The network with planted faults, from one gray input: what is found can be compared with all that there is.
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { float32 } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { decodeModel } from '../../../../src/onnx/decode.js';
import { wholeRange } from '../../../../src/policy/input-set.js';
import { argMax, judgeRobustness } from '../../../../src/policy/judge.js';
import type { Runtime } from '../../../../src/program/session.js';
import { INPUTS } from '../planted/faults.js';
import { plantedModel } from '../planted/model.js';
import { type BenchTarget, fuzzTarget, oneByOne } from './target.js';

export async function plantedTarget(runtime: Runtime): Promise<BenchTarget> {
  const bytes = plantedModel();
  const typed = await discoverTypes(decodeModel(bytes, { file: 'planted' }), 'planted', runtime);
  const ask = await oneByOne(typed, bytes, runtime);
  const gray = {
    name: 'gray',
    inputs: float32(new Float32Array(INPUTS).fill(0.5), [1, INPUTS]),
    labels: undefined,
  };
  const set = wholeRange([INPUTS], { ranges: [[0, 1]] }, gray, 0);
  return {
    fuzzed: fuzzTarget({ objective: 'robustness', encode: objectives.robustness(typed), set }),
    replay: async (input) => {
      const outputs = await ask(input);
      return { ...judgeRobustness(outputs, 0), cluster: `fault ${argMax(outputs)}` };
    },
  };
}
