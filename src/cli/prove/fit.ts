// Whether a property speaks of the model that it is given; one clear error where it does not.
import { sizeOf } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';

/** @throws UserError INVALID_PROPERTY, or UNSUPPORTED_MODEL for several networks and hidden variables */
export function requireFit(property: VnnlibProperty, model: TypedModel, file: string): void {
  const { networks, inputSize, outputSize } = property;
  const [first, second] = networks;
  if (second !== undefined)
    throw unsupported(
      property,
      `it speaks of ${networks.length} networks, "${first.name}", "${second.name}", ...`,
    );
  const [hidden] = first.hidden;
  if (hidden !== undefined)
    throw unsupported(property, `it speaks of a value inside the network, "${hidden.name}"`);
  require(property, 'input', inputSize, model.input, file);
  require(property, 'output', outputSize, model.output, file);
}

function require(
  { file }: VnnlibProperty,
  kind: 'input' | 'output',
  declared: number,
  { name, shape }: TypedModel['input'],
  model: string,
): void {
  const size = sizeOf(shape.slice(1).map(Number));
  if (declared === size) return;
  throw new UserError('INVALID_PROPERTY', {
    where: file,
    problem: `it declares ${elements(declared, kind)}, and ${model} has ${size}: "${name}" [${shape.join(', ')}]`,
    hint: `a property of a network with ${elements(size, kind)} declares each of them, in row-major order: is it of another network?`,
  });
}

const elements = (count: number, kind: string): string => `${count} ${kind} element${count === 1 ? '' : 's'}`;

const unsupported = ({ file }: VnnlibProperty, problem: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where: file,
    problem,
    hint: 'write a property of the inputs and outputs of one network',
  });
