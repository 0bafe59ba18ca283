// Program -> ONNX model. Names follow the order of emission, so equal programs give equal bytes.
import type { Tensor } from '../base/tensor.js';
import { type Attribute, encodeModel, type Node } from '../onnx/encode.js';
import type { Dims } from './dims.js';
import type { Emitter } from './primitive.js';
import { primitiveOf } from './primitives/index.js';
import { inputName } from './primitives/source.js';
import type { ForeignNode, Value } from './value.js';

/** ONNX opset of every emitted program, and the IR version that goes with it. */
export const programOpset = 21;
const irVersion = 10;

export type Outputs = Readonly<Record<string, Value>>;

/** Everything the outputs need, inputs before users: unused values are dropped here. */
export function reachable(outputs: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  const pending = [...outputs];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    pending.push(...value.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

class ModelEmitter implements Emitter {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Tensor>();
  readonly domains = new Set<string>();
  readonly #foreign = new Map<ForeignNode, Map<string, readonly string[]>>();
  #names = 0;

  node(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}, outputs = 1) {
    return this.#add(type, '', inputs, new Map(Object.entries(attributes)), outputs);
  }

  foreign(node: ForeignNode, given: readonly string[]): readonly string[] {
    const known = this.#foreign.get(node) ?? new Map<string, readonly string[]>();
    this.#foreign.set(node, known);
    const earlier = known.get(given.join());
    if (earlier !== undefined) return earlier;
    const rest = given.values();
    const inputs = node.given.map((present) => (present ? (rest.next().value ?? '') : ''));
    const outputs = this.#add(node.type, node.domain, inputs, node.attributes, node.outputs.length);
    known.set(given.join(), outputs);
    this.domains.add(node.domain);
    return outputs;
  }

  constant(value: Tensor): string {
    const name = `c${this.constants.size}`;
    this.constants.set(name, value);
    return name;
  }

  #add(
    type: string,
    domain: string,
    inputs: readonly string[],
    attributes: ReadonlyMap<string, Attribute>,
    count: number,
  ) {
    const outputs = Array.from({ length: count }, () => `v${this.#names++}`);
    this.nodes.push({ name: `${type}_${this.nodes.length}`, type, domain, inputs, outputs, attributes });
    return outputs;
  }
}

const info = (name: string, { dtype, shape }: { dtype: Value['dtype']; shape: Dims }) => ({
  name,
  dtype,
  shape,
});

/** The bytes of an ONNX model that computes `outputs`. Every input that is used becomes an input of the model. */
export function emitModel(outputs: Outputs): Uint8Array {
  const emitter = new ModelEmitter();
  const names = new Map<Value, string>();
  const values = reachable(Object.values(outputs));
  for (const value of values) {
    const inputs = value.inputs.map((input) => names.get(input) ?? '');
    names.set(value, primitiveOf(value.primitive).emit(emitter, value, inputs));
  }
  // An output that is an input or a constant still needs a node of its own.
  const named = Object.entries(outputs).map(([name, value]) => {
    emitter.nodes.push({
      name: `output_${name}`,
      type: 'Identity',
      domain: '',
      inputs: [names.get(value) ?? ''],
      outputs: [name],
      attributes: new Map(),
    });
    return info(name, { dtype: value.dtype, shape: value.shape });
  });
  const inputs = values
    .filter((value) => value.primitive === 'input')
    .map((value) => info(inputName(value), value));
  return encodeModel({
    graph: { name: 'program', inputs, outputs: named, constants: emitter.constants, nodes: emitter.nodes },
    irVersion,
    opsets: new Map([
      ['', programOpset],
      ...[...emitter.domains].filter((domain) => domain !== '').map((domain) => [domain, 1] as const),
    ]),
    producer: 'marauder',
    functions: [],
  });
}

export { encodeModel };
