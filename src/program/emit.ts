// Program -> ONNX model. Names follow the order of emission, so equal programs give equal bytes.
import type { Tensor } from '../base/tensor.js';
import { type Attribute, encodeModel, type Node, renamed } from '../onnx/encode.js';
import type { Dims } from './dims.js';
import type { Emitter } from './primitive.js';
import { primitiveOf } from './primitives/index.js';
import { inputName } from './primitives/source.js';
import { ProgramError } from './program-error.js';
import { type Foreign, reachable, type Typed, type Value } from './value.js';

/** ONNX opset of every emitted program without newer foreign nodes, and the IR version that goes with it. */
export const programOpset = 21;
const irVersion = 10;

/** Results of a program by name. */
export type Outputs = Readonly<Record<string, Value>>;

class ModelEmitter implements Emitter {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Tensor>();
  readonly opsets = new Map([['', programOpset]]);
  readonly #foreign = new Map<Foreign, Map<string, readonly string[]>>();
  readonly #once = new Map<string, readonly string[]>();
  #names = 0;

  /** @param taken names of the model's inputs and outputs */
  constructor(readonly taken: ReadonlySet<string>) {}

  node(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}, outputs = 1) {
    const names = Array.from({ length: outputs }, () => this.#fresh('v'));
    const name = `${type}_${this.nodes.length}`;
    const given = new Map(Object.entries(attributes));
    this.nodes.push({ name, type, domain: '', inputs, outputs: names, attributes: given });
    return names;
  }

  once(key: string, write: () => readonly string[]): readonly string[] {
    const names = this.#once.get(key) ?? write();
    this.#once.set(key, names);
    return names;
  }

  foreign(foreign: Foreign, given: readonly string[]): readonly string[] {
    const known = this.#foreign.get(foreign) ?? new Map<string, readonly string[]>();
    this.#foreign.set(foreign, known);
    const earlier = known.get(given.join());
    if (earlier !== undefined) return earlier;
    const names = new Map(foreign.inputs.map((name, at) => [name, given[at] ?? '']));
    names.set('', '');
    // Names that only a subgraph knows change with the others, so that they meet none of the program's.
    const rename = (name: string): string => {
      const found = names.get(name) ?? this.#fresh('v');
      names.set(name, found);
      return found;
    };
    for (const node of foreign.nodes) {
      const name = `${node.type}_${this.nodes.length}`;
      this.nodes.push({ ...renamed(node, rename), name });
    }
    for (const [domain, version] of foreign.opsets)
      this.opsets.set(domain, Math.max(version, this.opsets.get(domain) ?? 1));
    const outputs = foreign.outputs.map(({ name }) => rename(name));
    known.set(given.join(), outputs);
    return outputs;
  }

  constant(value: Tensor): string {
    const name = this.#fresh('c');
    this.constants.set(name, value);
    return name;
  }

  #fresh(letter: string): string {
    const name = `${letter}${this.#names++}`;
    return this.taken.has(name) ? this.#fresh(letter) : name;
  }
}

/**
 * What a model says of its inputs and outputs. Where ONNX Runtime knows shapes, it compares those of each value with those of all that
 * were freed before it, for memory to share: more than half of what opening a session takes, and for nothing where memory is kept between
 * runs. Its optimiser wants them.
 */
export type Declared = 'shapes' | 'types';

/** Sums and products of open sizes are left for ONNX Runtime to find: names for them make it half as fast again at opening. */
const declarable = (shape: Dims): Dims | undefined =>
  shape.some((dim) => typeof dim === 'string' && !/^\w+$/.test(dim)) ? undefined : shape;

const info = (name: string, { dtype, shape }: Typed, isShaped: boolean) => ({
  name,
  dtype,
  shape: isShaped ? shape : undefined,
});

/** Names of inputs and outputs, which ONNX wants to differ. */
function interfaceNames(inputs: readonly Value[], outputs: Outputs): Set<string> {
  const names = Object.keys(outputs);
  if (names.length === 0) throw new ProgramError('a program without outputs computes nothing');
  for (const name of inputs.map(inputName)) {
    if (names.includes(name)) throw new ProgramError(`"${name}" names an input and an output`);
    names.push(name);
  }
  return new Set(names);
}

/**
 * The bytes of an ONNX model that computes `outputs`. Every input that is used becomes an input of the model.
 * Throws ProgramError where an input and an output share a name.
 */
export function emitModel(outputs: Outputs, declared: Declared = 'shapes'): Uint8Array {
  const isShaped = declared === 'shapes';
  const values = reachable(Object.values(outputs));
  const inputs = values.filter((value) => value.primitive === 'input');
  const emitter = new ModelEmitter(interfaceNames(inputs, outputs));
  const names = new Map<Value, string>();
  for (const value of values) {
    const operands = value.inputs.map((input) => names.get(input) ?? '');
    names.set(value, primitiveOf(value.primitive).emit(emitter, value, operands));
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
    return { name, dtype: value.dtype, shape: isShaped ? declarable(value.shape) : undefined };
  });
  return encodeModel({
    graph: {
      name: 'program',
      inputs: inputs.map((value) => info(inputName(value), value, isShaped)),
      outputs: named,
      constants: emitter.constants,
      nodes: emitter.nodes,
    },
    irVersion,
    opsets: emitter.opsets,
    producer: 'marauder',
    functions: [],
  });
}

/** Passed on to backends/, which writes whole models but may not import onnx/. */
export { encodeModel };
