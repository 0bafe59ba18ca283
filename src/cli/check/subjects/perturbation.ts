import type { Deadline } from '../../../base/deadline.js';
import { sizeOf } from '../../../base/shape.js';
import { float32, rows as rowsBetween } from '../../../base/tensor.js';
import { UserError } from '../../../base/user-error.js';
import { domainOf } from '../../../fuzz/domain.js';
import { objectives } from '../../../fuzz/objectives/index.js';
import { perturbed } from '../../../graph/perturbation/perturbed.js';
import { transformed, valuesOf } from '../../../graph/perturbation/reference.js';
import { type Parameter, type Perturbation, parametersOf } from '../../../graph/perturbation/transform.js';
import { wins } from '../../../policy/demand.js';
import { belongsTo, boxesAround, hullOf, type InputSet, wholeRange } from '../../../policy/input-set.js';
import { judgeRobustness, outsideOf } from '../../../policy/judge.js';
import type { InputRange, PerturbationProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { crownMargins } from '../../../verify/crown/margins.js';
import { boundDemand } from '../../../verify/demanded.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { splitMargins } from '../../../verify/splitting.js';
import { boxOf, rivals } from '../../../verify/unsafe.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { classCount, fitRows, inputShape, requireClasses, requireRanges } from '../fit.js';
import { type OpenModel, runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { Exhibit, SubjectMaker } from '../subject.js';
import { imageOf } from './image.js';
import { classesOf } from './kept-class.js';
import { perturbationWords } from './perturbation-words.js';
import { partsOf, perturbedSet, placesOf } from './perturbed-set.js';

/** f(T(x'))_c > f(T(x'))_j for all parameters of T in their ranges, and all x' near a row of class c, and all j != c. */
export const perturbation: SubjectMaker<PerturbationProperty> = async (
  property,
  { policy, resources, runtime },
) => {
  const model = await resources.model(property.model);
  requireClasses(model, property);
  requireRanges(policy.inputs, model, property);
  const selected = await resources.rows(property.around, property.at);
  const rows = fitRows(selected, model);
  const how = perturbationOf(property, model, policy.inputs);
  const parameters = parametersOf(how);
  const continuous = parameters.filter(({ whole }) => !whole).length;
  const images = boxesAround(rows, selected.firstRow, property.linfEpsilon, policy.inputs);
  requireFew(images, parameters, property);
  const set = perturbedSet(images, parameters);
  const typed = perturbed(model.typed, how);
  const targets = await classesOf(rows, model, property, selected.file);
  const parts = partsOf(set, parameters);
  const owners = Int32Array.from(parts.ownerOf, (instance) => targets[instance] ?? 0);
  const bounds = new Float32Array(owners.length).fill(-Infinity);
  const openParts = (instance: number) =>
    [...owners.keys()].filter((part) => parts.ownerOf[part] === instance && !((bounds[part] ?? 0) > 0));
  const least = (instance: number) =>
    bounds.reduce(
      (most, bound, part) => (parts.ownerOf[part] === instance ? Math.min(most, bound) : most),
      Infinity,
    );
  const imageAt = (input: Float32Array) =>
    transformed(how, valuesOf(how, input), input.subarray(parameters.length));
  return {
    property,
    models: [model],
    searched: [typed],
    claim: perturbationWords(property),
    set,
    names: Array.from(images.rowOf, (row) => `row ${row}`),
    linfEpsilon: property.linfEpsilon > 0 ? property.linfEpsilon : null,
    targets,
    hasTarget: true,
    encode: objectives.robustness(typed, await provablyFinite(typed, hullOf(set), runtime)),
    prove: async (_, __, arithmetic) => {
      bounds.set(await boundDemand(typed, parts, wins, owners, arithmetic, runtime));
      return Float32Array.from(targets, (_class, instance) => least(instance));
    },
    ...(continuous > 0 && {
      split: async (instances: readonly number[], ration: number, deadline: Deadline) => {
        const open = instances.flatMap(openParts);
        const each = Math.max(1, Math.floor((ration * instances.length) / open.length));
        const options = { inputs: parameters.length, ration: each, deadline };
        const found = await splitMargins(typed, parts, owners, open, options, runtime);
        const spent = new Map<number, number>();
        open.forEach((part, at) => {
          const { bound, parts: count } = found[at] ?? { bound: -Infinity, parts: 0 };
          const owner = parts.ownerOf[part] ?? 0;
          bounds[part] = Math.max(bounds[part] ?? -Infinity, bound);
          spent.set(owner, (spent.get(owner) ?? 0) + count);
        });
        return instances.map((instance) => ({ bound: least(instance), parts: spent.get(instance) ?? 0 }));
      },
    }),
    tighten: async (instances, deadline) => {
      const open = instances.flatMap(openParts);
      const options = { arithmetic: 'deployed', memoryBytes: boundMemoryBytes, deadline } as const;
      const found = await crownMargins(typed, parts, owners, open, options, runtime);
      open.forEach((part, at) => {
        bounds[part] = Math.max(bounds[part] ?? -Infinity, found[at] ?? -Infinity);
      });
      return Float32Array.from(instances, least);
    },
    decides: () => ({
      model: typed,
      disjuncts: (instance) =>
        openParts(instance).flatMap((part) =>
          rivals(boxOf(parts, part), targets[instance] ?? 0, classCount(model)),
        ),
      run: (input) => runOne(model, imageAt(input)),
    }),
    hasMargin: true,
    exhibit: exhibitOf(model, how, images, imageAt),
    replay: async (input, instance) =>
      belongsTo(set, instance, input)
        ? judgeRobustness(await runOne(model, imageAt(input)), targets[instance] ?? 0)
        : outsideOf('the ranges of the parameters'),
    strange: (input) => strangeValues([model], runtime, imageAt(input)),
  };
};

function perturbationOf(property: PerturbationProperty, model: OpenModel, range: InputRange): Perturbation {
  const { lower, upper } = wholeRange(inputShape(model), range, undefined, 0);
  const image = imageOf(property, model);
  const { occlusion } = property.transform;
  if (occlusion !== undefined && (occlusion.size[0] > image.height || occlusion.size[1] > image.width)) {
    throw new UserError('INVALID_POLICY', {
      where: `${placeOf(property.at)}: property "${property.name}"`,
      problem: `occlusion: a rectangle of ${occlusion.size.join(' x ')} does not fit into images of ${image.height} x ${image.width}`,
      hint: 'give "size: [height, width]" in pixels',
    });
  }
  return { transform: property.transform, image, lower: lower.data, upper: upper.data };
}

/** Numbers of all parts together. */
const mostNumbers = 2 ** 26;

function requireFew(
  images: InputSet,
  parameters: readonly Parameter[],
  { at, name }: PerturbationProperty,
): void {
  const count = images.lower.shape[0] ?? 0;
  const places = placesOf(parameters).length;
  if (count * places * images.size <= mostNumbers) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(at)}: property "${name}"`,
    problem: `occlusion: ${count} rows with ${places} places each are too many images at once`,
    hint: 'take fewer rows: "rows: 10", for example',
  });
}

function exhibitOf(
  model: OpenModel,
  how: Perturbation,
  images: InputSet,
  imageAt: (input: Float32Array) => Float32Array,
): Exhibit {
  const { lower, upper, transform, image } = how;
  const shape = inputShape(model);
  const names = parametersOf(how).map(({ name }) => name);
  const asImage = (data: Float32Array) => float32(data, [1, ...shape]);
  const domain = domainOf(
    { ...images, lower: asImage(lower), upper: asImage(upper) },
    images.seeds,
    sizeOf(shape) === shape[0] || shape.length === image.order.length ? { image } : { image: 'none' },
  );
  const isOne = lower.every((value) => value === lower[0]) && upper.every((value) => value === upper[0]);
  const limits = Array.from(
    isOne ? lower.subarray(0, 1) : lower,
    (least, at) => [least, upper[at] ?? 0] as const,
  );
  return {
    domain: { ...domain, integer: undefined },
    of: (input, instance) => {
      const seed = rowsBetween(images.seeds, instance, instance + 1).data;
      const source = input.slice(names.length);
      const isChanged = source.some((value, at) => value !== seed[at]);
      const parameters = Object.fromEntries(names.map((name, at) => [name, input[at] ?? 0]));
      const from = isChanged ? ('source.npy' as const) : null;
      return {
        input: imageAt(input),
        seed,
        ...(isChanged && { source }),
        asked: { perturbation: { transform, image, limits, parameters, source: from } },
      };
    },
  };
}
