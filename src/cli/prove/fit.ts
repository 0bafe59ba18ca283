// Whether a property speaks of the models that it is given; one clear error where it does not.
import { sizeOf } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { structuralDifference } from '../../graph/isomorphic.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Network, Variable, VnnlibProperty } from '../../policy/vnnlib/property.js';

/** A network as it is declared, and what is given for it. */
export type Given = { readonly network: Network; readonly file: string; readonly typed: TypedModel };

/** @throws UserError INVALID_PROPERTY, or UNSUPPORTED_MODEL for hidden variables */
export function requireFit(property: VnnlibProperty, given: readonly Given[]): void {
  for (const each of given) {
    const { network, typed } = each;
    const [hidden] = network.hidden;
    if (hidden !== undefined)
      throw unsupported(property, `it speaks of a value inside the network, "${hidden.name}"`);
    const subject = given.length === 1 ? 'it' : `network "${network.name}"`;
    requireSize(property, { ...each, subject }, 'input', network.inputs, typed.input);
    requireSize(property, { ...each, subject }, 'output', network.outputs, typed.output);
    requireNames(property, each);
    requireStructure(property, each, given);
  }
}

function requireSize(
  { file }: VnnlibProperty,
  { file: model, subject }: Given & { readonly subject: string },
  kind: 'input' | 'output',
  variables: readonly Variable[],
  { name, shape }: TypedModel['input'],
): void {
  const declared = variables.reduce((sum, variable) => sum + variable.size, 0);
  const size = sizeOf(shape.slice(1).map(Number));
  if (declared === size) return;
  throw new UserError('INVALID_PROPERTY', {
    where: file,
    problem: `${subject} declares ${elements(declared, kind)}, and ${model} has ${size}: "${name}" [${shape.join(', ')}]`,
    hint: `a property of a network with ${elements(size, kind)} declares each of them, in row-major order: is it of another network?`,
  });
}

/** Variables are read in the order of the file: names that say otherwise would make another property. */
function requireNames(property: VnnlibProperty, { network, file, typed }: Given): void {
  const given = {
    input: (typed.written ?? typed.graph).inputs.map(({ name }) => name),
    output: [typed.output.name],
  };
  for (const [kind, variables] of [
    ['input', network.inputs],
    ['output', network.outputs],
  ] as const) {
    const named = variables.flatMap(({ onnxName }) => onnxName ?? []);
    if (named.length === 0 || named.join('\n') === given[kind].join('\n')) continue;
    throw new UserError('UNSUPPORTED_MODEL', {
      where: property.file,
      problem: `network "${network.name}" declares ${kind}s ${quoted(named)}, and ${file} has ${quoted(given[kind])}`,
      hint: `declare all ${kind}s in the order of the file; of the outputs only the first is supported`,
    });
  }
}

function requireStructure(
  property: VnnlibProperty,
  { network, file, typed }: Given,
  given: readonly Given[],
): void {
  const { relation } = network;
  const other = given.find((candidate) => candidate.network.name === relation?.network);
  if (relation?.kind !== 'isomorphic-to' || other === undefined) return;
  const graphOf = (model: TypedModel) => ({ graph: model.written ?? model.graph });
  const difference = structuralDifference(graphOf(other.typed), graphOf(typed));
  if (difference === undefined) return;
  throw new UserError('INVALID_PROPERTY', {
    where: property.file,
    problem: `network "${network.name}" is isomorphic-to ${relation.network}, but ${file} has another structure than ${other.file}: ${difference}`,
    hint: `give a network that differs in its weights only, or take (isomorphic-to ${relation.network}) out of the property`,
  });
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

const elements = (count: number, kind: string): string => `${count} ${kind} element${count === 1 ? '' : 's'}`;

const unsupported = ({ file }: VnnlibProperty, problem: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where: file,
    problem,
    hint: 'write a property of inputs and outputs',
  });
