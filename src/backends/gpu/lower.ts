// From a typed model to a plan of kernels for one output, demanded from the output backwards. Every value is seen as one row
// has it (graph/instance.ts), so that all shapes are static; rows are the threads' innermost dimension (plan.ts).
//
// Fusion: an element-wise node becomes the last statements of the kernel that computes its input, where nobody else reads that
// input. Reshapes are names for the same elements.
import { type Shape, sizeOf } from '../../base/shape.js';
import { type Tensor, toNumbers } from '../../base/tensor.js';
import type { Node } from '../../graph/graph.js';
import { elementsPerRow, fileInputs } from '../../graph/inputs.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { type Draft, type Kernel, type KernelContext, NoKernel } from './kernel.js';
import { kernelOf } from './kernels/index.js';
import { inputDrafts } from './model-inputs.js';
import { broadcast, placesOf } from './places.js';
import type { Plan, Source, Step } from './plan.js';
import { refusal } from './refusal.js';
import { KernelWriter, literal } from './writer.js';

export type Watching = 'watched' | 'unwatched';

/**
 * @param file the model's file, for errors
 * @param watching whether results are watched for NaN and infinity: what might hide them is not fused then
 * @throws UserError UNSUPPORTED_MODEL where a node that the output needs has no kernel
 */
export function lowerToKernels(model: TypedModel, file: string, watching: Watching): Plan {
  const lowering = new Lowering(instanceOf(model), model.batched, watching);
  try {
    return lowering.plan();
  } catch (error) {
    if (!(error instanceof NoKernel)) throw error;
    throw refusal(file, model, error);
  }
}

class Lowering {
  readonly #steps: Step[] = [];
  readonly #known = new Map<string, Source>();
  readonly #inputs: ReadonlyMap<string, () => Draft>;
  readonly #producers = new Map<string, { readonly node: Node; readonly index: number }>();
  readonly #readers = new Map<string, number>();
  readonly #watched: number[] = [];

  /** @param model at one row */
  constructor(
    readonly model: TypedModel,
    readonly batched: boolean,
    readonly watching: Watching,
  ) {
    this.#inputs = inputDrafts(model, batched);
    for (const node of model.graph.nodes) {
      node.outputs.forEach((name, index) => {
        this.#producers.set(name, { node, index });
      });
      for (const name of node.inputs) this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    }
    for (const { name } of model.graph.outputs) this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
  }

  plan(): Plan {
    const { name, dtype, shape } = this.model.output;
    if (dtype !== 'float32') throw new NoKernel(`its output is ${dtype}`);
    const output = this.#source(name);
    const features = fileInputs(this.model).reduce(
      (sum, input) => sum + elementsPerRow(input, this.batched),
      0,
    );
    return {
      steps: this.#steps,
      features,
      output: output as number,
      outputs: sizeOf(this.#shapeOf(name)),
      shape: shape.map(Number),
      watched: this.#watched,
    };
  }

  #shapeOf(name: string): Shape {
    return this.model.types.get(name)?.shape.map(Number) ?? [];
  }

  #constant(name: string): Tensor | undefined {
    return this.model.graph.constants.get(name) ?? this.model.folded.get(name);
  }

  /** The step that computes a value. */
  #source(name: string): Source {
    const original = this.#original(name);
    const known = this.#known.get(original);
    if (known !== undefined) return known;
    const source = this.#finish(this.#draft(original), original);
    this.#known.set(original, source);
    return source;
  }

  #finish({ writer, result }: Draft, name: string): number {
    const step = this.#steps.push(writer.finish(name, result)) - 1;
    if (this.watching === 'watched' && !this.#inputs.has(name)) this.#watched.push(step);
    return step;
  }

  /** The value of which this one is another name, through reshapes. */
  #original(name: string): string {
    const node = this.#aliasOf(name);
    return node === undefined ? name : this.#original(node.inputs[0] ?? '');
  }

  #aliasOf(name: string): Node | undefined {
    const producer = this.#producers.get(name);
    if (producer === undefined || producer.index > 0 || this.#constant(name)) return undefined;
    return kernelOf(producer.node.type, producer.node.domain)?.kind === 'alias' ? producer.node : undefined;
  }

  /** Whether a value and all its other names have one reader. */
  #readOnce(name: string): boolean {
    const node = this.#aliasOf(name);
    return this.#readers.get(name) === 1 && (node === undefined || this.#readOnce(node.inputs[0] ?? ''));
  }

  #draft(name: string): Draft {
    const input = this.#inputs.get(name);
    if (input !== undefined) return input();
    const producer = this.#producers.get(name);
    if (producer === undefined || this.#constant(name))
      throw new NoKernel(`"${name}" does not depend on data`);
    const { node, index } = producer;
    const kernel = kernelOf(node.type, node.domain);
    const where = `node "${node.name}" (${node.type})`;
    if (kernel === undefined || kernel.kind === 'alias') throw new NoKernel(`${where} has no kernel`);
    const context = this.#context(node, index);
    try {
      this.#checkType(name, kernel);
      return kernel.kind === 'whole' ? kernel.draft(context) : this.#pointwise(kernel, context);
    } catch (error) {
      if (!(error instanceof NoKernel) || error.message.startsWith('node ')) throw error;
      throw new NoKernel(`${where}: ${error.message}`);
    }
  }

  /** Numbers are float32: half and double precision, and arithmetic of integers, are other operations. */
  #checkType(name: string, kernel: Kernel): void {
    const dtype = this.model.types.get(name)?.dtype;
    const moves = kernel.kind === 'whole' || this.#producers.get(name)?.node.type === 'Cast';
    if (dtype === 'float32' || dtype === 'bool' || (moves && /^u?int(8|16|32|64)$/.test(dtype ?? ''))) return;
    throw new NoKernel(`its result is ${dtype}`);
  }

  #context(node: Node, index: number): KernelContext {
    const nameAt = (position: number) => node.inputs[position] ?? '';
    return {
      node,
      index,
      opset: node.opset ?? this.model.opsets.get(node.domain) ?? 1,
      output: this.#shapeOf(node.outputs[index] ?? ''),
      has: (position) => nameAt(position) !== '',
      shape: (position) => this.#shapeOf(nameAt(position)),
      constant: (position) => this.#constant(nameAt(position)),
      operand: (writer, position) => this.#operand(writer, nameAt(position)),
      finish: (draft) => this.#finish(draft, node.outputs[index] ?? ''),
    };
  }

  #operand(writer: KernelWriter, name: string): (element: string) => string {
    const constant = this.#constant(name);
    if (constant === undefined) return writer.read(this.#source(name));
    const table = writer.table(Float32Array.from(toNumbers(constant)));
    return (element) => `${table}[${element}]`;
  }

  #pointwise(kernel: Extract<Kernel, { kind: 'pointwise' }>, context: KernelContext): Draft {
    const names = context.node.inputs.slice(0, kernel.data);
    const mayFuse = this.watching === 'unwatched' || kernel.keepsNonFinite === true;
    const size = sizeOf(context.output);
    const host = mayFuse ? names.findIndex((name) => this.#canHost(name, size)) : -1;
    const base = host < 0 ? undefined : this.#hosted(names[host] ?? '', 2 * names.length);
    const writer = base?.writer ?? new KernelWriter(size);
    const operands = names.map((name, position) => {
      if (name === '') return undefined;
      return base !== undefined && position === host
        ? base.result
        : this.#element(writer, name, context.output);
    });
    return { writer, result: kernel.apply(writer, operands, context) };
  }

  #canHost(name: string, size: number): boolean {
    return (
      name !== '' &&
      !this.#constant(name) &&
      sizeOf(this.#shapeOf(name)) === size &&
      this.#readOnce(name) &&
      !this.#known.has(this.#original(name)) &&
      !this.#inputs.has(this.#original(name))
    );
  }

  /** The open kernel of a value, if it has room for what comes next; otherwise it is closed. */
  #hosted(name: string, needed: number): Draft | undefined {
    const original = this.#original(name);
    const draft = this.#draft(original);
    if (draft.writer.room >= needed) return draft;
    this.#known.set(original, this.#finish(draft, original));
    return undefined;
  }

  /** The element of an operand that is broadcast to the element of the result. */
  #element(writer: KernelWriter, name: string, target: Shape): string {
    const shape = this.#shapeOf(name);
    const constant = this.#constant(name);
    const place = broadcast(shape, target);
    if (constant !== undefined) {
      const numbers = toNumbers(constant);
      const [only = 0] = numbers;
      if (numbers.length === 1 && Number.isFinite(Math.fround(only))) return literal(only);
      const spread = placesOf(target, (index) => numbers[place(index)] ?? 0);
      return `${writer.table(spread)}[${writer.element}]`;
    }
    const read = writer.read(this.#source(name));
    if (sizeOf(shape) === sizeOf(target)) return read(writer.element);
    if (sizeOf(shape) === 1) return read('0');
    return read(`${writer.table(placesOf(target, place))}[${writer.element}]`);
  }
}
