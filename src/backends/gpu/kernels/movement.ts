// Operators that only move elements: one kernel that reads where a table says.
import { normalAxis, type Shape, sizeOf } from '../../../base/shape.js';
import { toNumbers } from '../../../base/tensor.js';
import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../../../ops/attributes.js';
import { slicePlaces } from '../../../ops/operators/slice.js';
import { type Draft, type Kernel, type KernelContext, NoKernel } from '../kernel.js';
import { broadcast, flatten, placesOf } from '../places.js';
import { KernelWriter, literal } from '../writer.js';

/** Position in the first input, per index of the output; undefined for what is filled. */
type Move = (context: KernelContext) => (index: readonly number[]) => number | undefined;

const moved = (move: Move, fill: (context: KernelContext) => number = () => 0): Kernel => ({
  kind: 'whole',
  draft: (context) => {
    const from = move(context);
    let filled = false;
    const places = placesOf(context.output, (index) => {
      const place = from(index);
      filled ||= place === undefined;
      return place ?? -1;
    });
    const writer = new KernelWriter(sizeOf(context.output));
    const x = context.operand(writer, 0);
    const place = writer.variable(`${writer.table(places)}[this.thread.y]`);
    if (!filled) return { writer, result: x(place) };
    const result = writer.variable(literal(fill(context)));
    writer.line(`if (${place} >= 0) { ${result} = ${x(place)}; }`);
    return { writer, result };
  },
});

/** Integers of a constant input, undefined where it is omitted. */
function integers(context: KernelContext, position: number): readonly number[] | undefined {
  if (!context.has(position)) return undefined;
  const given = context.constant(position);
  if (given === undefined) throw new NoKernel('computed places');
  return toNumbers(given);
}

export const transpose = moved((context) => {
  const shape = context.shape(0);
  const order = intsAttribute(context.node, 'perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  const flat = flatten(shape);
  const source = shape.map(() => 0);
  return (index) => {
    order.forEach((axis, at) => {
      source[axis] = index[at] ?? 0;
    });
    return flat(source);
  };
});

export const expand = moved((context) => broadcast(context.shape(0), context.output));

export const tile = moved((context) => {
  const shape = context.shape(0);
  const flat = flatten(shape);
  return (index) => flat(index.map((at, axis) => at % (shape[axis] ?? 1)));
});

/** Starts, ends, axes and steps: attributes before opset 10, inputs since. */
export const slice = moved((context) => {
  const shape = context.shape(0);
  const given = (position: number, name: string) =>
    context.opset < 10 ? intsAttribute(context.node, name) : integers(context, position);
  const [starts, ends, axes] = [given(1, 'starts'), given(2, 'ends'), given(3, 'axes')];
  const steps = context.opset < 10 ? undefined : integers(context, 4);
  if (starts === undefined || ends === undefined) throw new NoKernel('a slice without starts and ends');
  const places = shape.map((size) => Array.from({ length: size }, (_, at) => at));
  starts.forEach((start, at) => {
    const axis = normalAxis(axes?.[at] ?? at, shape.length);
    places[axis] = slicePlaces(shape[axis] ?? 1, { start, end: ends[at] ?? 0, step: steps?.[at] ?? 1 });
  });
  const flat = flatten(shape);
  return (index) => flat(index.map((at, axis) => places[axis]?.[at] ?? 0));
});

export const gather = moved((context) => {
  const shape = context.shape(0);
  const indices = integers(context, 1) ?? [];
  const count = context.shape(1).length;
  const axis = normalAxis(intAttribute(context.node, 'axis', 0), shape.length);
  const flat = flatten(shape);
  const flatIndex = flatten(context.shape(1));
  return (index) => {
    const named = indices[flatIndex(index.slice(axis, axis + count))] ?? 0;
    return flat([...index.slice(0, axis), normalAxis(named, shape[axis] ?? 1), ...index.slice(axis + count)]);
  };
});

export const split = moved((context) => {
  const shape = context.shape(0);
  const axis = normalAxis(intAttribute(context.node, 'axis', 0), shape.length);
  const parts = intsAttribute(context.node, 'split') ?? integers(context, 1);
  const before = parts?.slice(0, context.index).reduce((sum, part) => sum + part, 0);
  // Without sizes all parts but the last are equal, and the last is the rest.
  const even = Math.ceil((shape[axis] ?? 1) / context.node.outputs.length) * context.index;
  const flat = flatten(shape);
  return (index) => flat(index.map((at, each) => (each === axis ? at + (before ?? even) : at)));
});

/** Blocks of channels to space: [b, c, h, w]. */
export const depthToSpace = moved((context) => {
  const shape = context.shape(0);
  const side = intAttribute(context.node, 'blocksize', 1);
  const columnsFirst = stringAttribute(context.node, 'mode', 'DCR') === 'CRD';
  const channels = context.output[1] ?? 1;
  const flat = flatten(shape);
  return ([b = 0, c = 0, y = 0, x = 0]) => {
    const block = (y % side) * side + (x % side);
    const channel = columnsFirst ? c * side * side + block : block * channels + c;
    return flat([b, channel, Math.floor(y / side), Math.floor(x / side)]);
  };
});

export const spaceToDepth = moved((context) => {
  const shape = context.shape(0);
  const side = intAttribute(context.node, 'blocksize', 1);
  const channels = shape[1] ?? 1;
  const flat = flatten(shape);
  return ([b = 0, c = 0, y = 0, x = 0]) => {
    const block = Math.floor(c / channels);
    return flat([b, c % channels, y * side + Math.floor(block / side), x * side + (block % side)]);
  };
});

/** Where each place of a padded axis comes from, by mode. */
const sources: Readonly<Record<string, (place: number, size: number) => number | undefined>> = {
  constant: (place, size) => (place < 0 || place >= size ? undefined : place),
  edge: (place, size) => Math.min(Math.max(place, 0), size - 1),
  reflect: (place, size) => {
    const period = Math.max(2 * (size - 1), 1);
    const within = ((place % period) + period) % period;
    return within < size ? within : period - within;
  },
  wrap: (place, size) => ((place % size) + size) % size,
};

/** Counts are attributes before opset 11, inputs since; axes may be named since opset 18. */
function padding(context: KernelContext, rank: number): readonly number[] {
  const { node, opset } = context;
  const pads =
    opset < 11 ? (intsAttribute(node, 'pads') ?? intsAttribute(node, 'paddings')) : integers(context, 1);
  if (pads === undefined) throw new NoKernel('padding without counts');
  if (pads.some((count) => count < 0)) throw new NoKernel('negative padding');
  const before = new Array<number>(rank).fill(0);
  (integers(context, 3) ?? before.map((_, axis) => axis)).forEach((axis, at) => {
    before[normalAxis(axis, rank)] = pads[at] ?? 0;
  });
  return before;
}

const fillOf = (context: KernelContext): number =>
  context.opset < 11 ? floatAttribute(context.node, 'value', 0) : (integers(context, 2)?.[0] ?? 0);

export const pad = moved((context) => {
  const shape = context.shape(0);
  const before = padding(context, shape.length);
  const source = sources[stringAttribute(context.node, 'mode', 'constant')];
  if (source === undefined) throw new NoKernel('an unknown mode of padding');
  const flat = flatten(shape);
  return (index) => {
    const places = index.map((at, axis) => source(at - (before[axis] ?? 0), shape[axis] ?? 1));
    return places.every((place) => place !== undefined) ? flat(places) : undefined;
  };
}, fillOf);

/** One kernel reads at most this many values, besides its two tables. */
const concatenated = 5;

/** Inputs along an axis: what is read, and how long it is there. */
type Part = { readonly read: (writer: KernelWriter) => (element: string) => string; readonly shape: Shape };

export const concat: Kernel = {
  kind: 'whole',
  draft: (context) => {
    const axis = normalAxis(intAttribute(context.node, 'axis', 1), context.output.length);
    const parts = context.node.inputs.map(
      (_, position): Part => ({
        read: (writer) => context.operand(writer, position),
        shape: context.shape(position),
      }),
    );
    return concatenation(context, parts, axis);
  },
};

/** More parts than one kernel takes are put together by several, from the left. */
function concatenation(context: KernelContext, parts: readonly Part[], axis: number): Draft {
  if (parts.length <= concatenated) return concatenationOfFew(parts, axis);
  const draft = concatenationOfFew(parts.slice(0, concatenated), axis);
  const source = context.finish(draft);
  const shape = joinedShape(parts.slice(0, concatenated), axis);
  const first: Part = { read: (writer) => writer.read(source), shape };
  return concatenation(context, [first, ...parts.slice(concatenated)], axis);
}

const lengthOf = ({ shape }: Part, axis: number): number => shape[axis] ?? 1;

function joinedShape(parts: readonly Part[], axis: number): Shape {
  const length = parts.reduce((sum, part) => sum + lengthOf(part, axis), 0);
  return (parts[0]?.shape ?? []).map((size, at) => (at === axis ? length : size));
}

function concatenationOfFew(parts: readonly Part[], axis: number): Draft {
  const shape = joinedShape(parts, axis);
  const starts = parts.map((_, at) =>
    parts.slice(0, at).reduce((sum, part) => sum + lengthOf(part, axis), 0),
  );
  const ownerOf = (place: number) => starts.findLastIndex((start) => start <= place);
  const flats = parts.map((part) => flatten(part.shape));
  const owners = placesOf(shape, (index) => ownerOf(index[axis] ?? 0));
  const places = placesOf(shape, (index) => {
    const owner = ownerOf(index[axis] ?? 0);
    return flats[owner]?.(index.map((at, each) => (each === axis ? at - (starts[owner] ?? 0) : at))) ?? 0;
  });
  const writer = new KernelWriter(sizeOf(shape));
  const owner = writer.variable(`${writer.table(owners)}[this.thread.y]`);
  const place = writer.variable(`${writer.table(places)}[this.thread.y]`);
  const result = writer.variable('0');
  parts.forEach((part, at) => {
    const condition = `${owner} > ${at - 0.5} && ${owner} < ${at + 0.5}`;
    writer.line(`if (${condition}) { ${result} = ${part.read(writer)(place)}; }`);
  });
  return { writer, result };
}
