// A property of several networks as a problem of one: over coordinates that tie the networks' inputs as the property does.
import { sizeOf } from '../../base/shape.js';
import { jointProductOf, type Source } from '../../graph/joint-product.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Problem } from '../decide.js';
import { coordinatesOf } from './coordinates.js';
import { jointDisjuncts } from './disjuncts.js';
import { pointMaker } from './point.js';
import { addExactly } from './rewrite.js';

export type JointNetwork = {
  readonly model: TypedModel;
  /** Number of the first network with the same file: its own, unless the property says that both are equal. */
  readonly sameAs: number;
};

type Networks = readonly [JointNetwork, ...JointNetwork[]];

/**
 * @param disjuncts over the inputs of all networks, one after the other, and over their first outputs
 * @param run the first outputs of all original files for inputs of all, at batch size 1
 * @param where for errors
 * @throws UserError UNSUPPORTED_MODEL where the networks cannot be joined
 */
export function jointProblem(
  networks: Networks,
  disjuncts: readonly Disjunct[],
  run: Problem['run'],
  where: string,
): Problem {
  const inputs = networks.map(({ model }) => elements(model.input));
  const coordinates = coordinatesOf(
    disjuncts,
    inputs.reduce((sum, size) => sum + size, 0),
  );
  const parts = cut(coordinates.sources, inputs);
  const { distinct, outputs } = merged(networks, parts, disjuncts);
  const [first, ...others] = distinct;
  const models = [
    networkAt(networks, first).model,
    ...others.map((at) => networkAt(networks, at).model),
  ] as const;
  const sources = distinct.flatMap((at) => parts[at] ?? []);
  return {
    model: jointProductOf(models, sources, coordinates.count, where),
    disjuncts: jointDisjuncts(disjuncts, coordinates, outputs),
    run,
    original: { disjuncts, inputOf: pointMaker(disjuncts, coordinates) },
  };
}

const elements = ({ shape }: TypedModel['input']): number => sizeOf(shape.slice(1).map(Number));

function networkAt(networks: Networks, at: number): JointNetwork {
  const network = networks[at];
  if (network === undefined) throw new RangeError(`no network ${at}`);
  return network;
}

/** The sources of each network. */
function cut(sources: readonly Source[], sizes: readonly number[]): Source[][] {
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return sources.slice(from - size, from);
  });
}

type Merged = {
  /** Networks that the joint model has, in their order. */
  readonly distinct: readonly [number, ...number[]];
  /** By output of the property: its place among those of the joint model. */
  readonly outputs: Int32Array;
};

/** One network of equal inputs is one function value: bounds of two copies would not know that their outputs are equal. */
function merged(
  networks: Networks,
  parts: readonly (readonly Source[])[],
  disjuncts: readonly Disjunct[],
): Merged {
  const apart = [...networks.keys()];
  const stands = apart.map(
    (at) => apart.find((other) => other < at && isSame(networks, parts, other, at)) ?? at,
  );
  const result = placed(networks, stands);
  const constraints = new Set(disjuncts.flatMap((disjunct) => disjunct.constraints));
  return addExactly(constraints, result.outputs) ? result : placed(networks, apart);
}

const isSame = (networks: Networks, parts: readonly (readonly Source[])[], a: number, b: number): boolean =>
  networks[a]?.sameAs === networks[b]?.sameAs &&
  (parts[a] ?? []).every(({ base, offset }, at) => {
    const other = parts[b]?.[at];
    return base === other?.base && offset === other.offset;
  });

/** @param stands by network, the one in whose place it is or itself */
function placed(networks: Networks, stands: readonly number[]): Merged {
  const starts = new Map<number, number>();
  const outputs: number[] = [];
  let next = 0;
  for (const [at, { model }] of networks.entries()) {
    const size = elements(model.output);
    const stand = stands[at] ?? at;
    const start = starts.get(stand) ?? next;
    if (!starts.has(stand)) next += size;
    starts.set(stand, start);
    for (let output = 0; output < size; output++) outputs.push(start + output);
  }
  const [, ...others] = starts.keys();
  return { distinct: [0, ...others], outputs: Int32Array.from(outputs) };
}
