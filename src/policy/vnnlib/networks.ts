// VNN-LIB 2.0: (declare-network name ...), tensors with a shape, elements named X[0,3].
import { sameShape, sizeOf } from '../../base/shape.js';
import { show, suggest } from '../suggest.js';
import type { Declarations, Declaring } from './declarations.js';
import { elementTypes } from './element-types.js';
import type { Element } from './linear-form.js';
import type { Network, Relation, Variable } from './property.js';
import type { Scanner } from './scanner.js';
import { elementName, flatIndex, numbersIn, shapeOf, stringIn } from './tensors.js';

const usage =
  '(declare-network f (declare-input X float32 [1,4]) (declare-output Y float32 [1,2])), between name and inputs (equal-to g) or (isomorphic-to g)';

const roles = ['declare-input', 'declare-hidden', 'declare-output'] as const;
type Role = (typeof roles)[number];
const relations = ['equal-to', 'isomorphic-to'] as const satisfies readonly Relation[];

type Declared = { readonly variable: Variable; readonly role: Role; readonly place: number };

/** A name begins with a letter. */
const nameIsValid = (name: string) => /^[A-Za-z]\w*$/.test(name);

export class Networks implements Declaring {
  readonly command = 'declare-network';
  readonly comesFirst = true;
  readonly #networks: Network[] = [];
  readonly #variables = new Map<string, Declared>();
  #inputSize = 0;
  #outputSize = 0;

  declare(scanner: Scanner, opened: number): void {
    const name = newName(scanner, 'a name for the network', this.#names());
    let relation: Network['relation'];
    const own: Declared[] = [];
    while (scanner.kind === 'open') {
      const part = scanner.open('a declaration', usage);
      const place = scanner.start;
      const keyword = scanner.take('a declaration', usage);
      if (isOneOf(relations, keyword)) {
        if (own.length > 0) throw scanner.error(`"${keyword}" must come before the inputs`, usage, place);
        if (relation !== undefined)
          throw scanner.error('a second relation', 'a network has one at most', place);
        relation = { kind: keyword, network: this.#related(scanner) };
        scanner.close(part, `"${keyword}" takes the name of one network`, usage);
      } else own.push(this.#variable(scanner, keyword, part, place, own));
    }
    scanner.close(opened, 'a network is a list of declarations', usage);
    const network = networkOf(name, relation, own);
    this.#check(scanner, network, own, opened);
    this.#networks.push(network);
  }

  readonly resolve = (scanner: Scanner): Element => {
    const place = scanner.start;
    const name = scanner.word();
    const declared = this.#variables.get(name);
    if (declared === undefined) {
      const known = suggest(name, [...this.#variables.keys()], 'declared are');
      throw scanner.error(`${show(name)} is not declared${known}`, 'variables are written like X[0,3]');
    }
    scanner.next();
    const { variable, role } = declared;
    const indices = scanner.kind === '[' ? numbersIn(scanner) : [];
    const index = variable.offset + flatIndex(variable, indices, scanner, place);
    return role === 'declare-input' ? index : ~index;
  };

  finish(scanner: Scanner): Declarations {
    const [first, ...others] = this.#networks;
    if (first === undefined) throw scanner.error('no network is declared', usage);
    const inputs = [...this.#variables.values()].filter(({ role }) => role === 'declare-input');
    return {
      networks: [first, ...others],
      inputSize: this.#inputSize,
      outputSize: this.#outputSize,
      inputAt: (element) => {
        const found = inputs.findLast(({ variable }) => variable.offset <= element);
        if (found === undefined) throw new RangeError(`no input has element ${element}`);
        return {
          name: elementName(found.variable, element - found.variable.offset),
          declaredAt: found.place,
        };
      },
    };
  }

  #variable(
    scanner: Scanner,
    role: string,
    opened: number,
    place: number,
    before: readonly Declared[],
  ): Declared {
    if (!isOneOf(roles, role)) {
      const known = suggest(role, [...roles, ...relations], 'networks know');
      throw scanner.error(`unknown declaration "${role}"${known}`, usage, place);
    }
    const last = before.at(-1);
    if (last !== undefined && roles.indexOf(role) < roles.indexOf(last.role))
      throw scanner.error(
        `"${role}" after "${last.role}"`,
        'inputs come first, then hidden, then outputs',
        place,
      );
    const namedAt = scanner.start;
    const name = newName(scanner, 'a name for the variable', [...this.#variables.keys()]);
    const typeAt = scanner.start;
    const elementType = scanner.take('an element type', usage);
    if (!isOneOf(elementTypes, elementType))
      throw scanner.error(
        `unknown element type ${show(elementType)}${suggest(elementType, elementTypes, 'known are')}`,
        usage,
        typeAt,
      );
    if (scanner.kind !== '[')
      throw scanner.error(
        `expected the shape, found ${scanner.shown()}`,
        'shapes are written [1,28,28]; [] is a scalar',
      );
    const shape = shapeOf(scanner, namedAt);
    const onnxName = stringIn(scanner);
    if (role === 'declare-hidden' && onnxName === undefined)
      throw scanner.error(
        `${name} does not say which value of the graph it is`,
        'end with its name in the ONNX file: "relu_3"',
        namedAt,
      );
    scanner.close(opened, `"${role}" takes a name, a type, a shape and a name in the ONNX file`, usage);
    const size = sizeOf(shape);
    const offset = role === 'declare-input' ? this.#inputSize : this.#outputSize;
    if (role === 'declare-input') this.#inputSize += size;
    else this.#outputSize += size;
    const declared = { role, place: namedAt, variable: { name, elementType, shape, onnxName, offset, size } };
    this.#variables.set(name, declared);
    return declared;
  }

  #names = () => this.#networks.map((network) => network.name);

  #related(scanner: Scanner): string {
    const place = scanner.start;
    const name = scanner.take('the name of a network', usage);
    const known = this.#names();
    if (!known.includes(name))
      throw scanner.error(
        `no network ${show(name)} is declared above${suggest(name, known, 'declared are')}`,
        'declare the other network first',
        place,
      );
    const { relation } = this.#networks.find((network) => network.name === name) ?? {};
    if (relation !== undefined)
      throw scanner.error(
        `${name} is itself ${relation.kind} ${relation.network}`,
        `relations are to a network without one: name ${relation.network}`,
        place,
      );
    return name;
  }

  #check(scanner: Scanner, network: Network, own: readonly Declared[], opened: number): void {
    const { name, inputs, outputs, relation } = network;
    if (inputs.length === 0 || outputs.length === 0)
      throw scanner.error(`${name} has no ${inputs.length === 0 ? 'input' : 'output'}`, usage, opened);
    const ends = own.filter(({ role }) => role !== 'declare-hidden');
    const unnamed = ends.find(({ variable }) => variable.onnxName === undefined);
    if (unnamed !== undefined && ends.some(({ variable }) => variable.onnxName !== undefined))
      throw scanner.error(
        `${unnamed.variable.name} has no ONNX name, but others of ${name} have`,
        'name all inputs and outputs of a network, or none',
        unnamed.place,
      );
    const other = this.#networks.find((candidate) => candidate.name === relation?.network);
    if (relation === undefined || other === undefined) return;
    const typed = relation.kind === 'equal-to';
    if (!alike(inputs, other.inputs, typed) || !alike(outputs, other.outputs, typed))
      throw scanner.error(
        `${name} is ${relation.kind} ${other.name}, but their inputs or outputs differ`,
        `declare the same number of inputs and outputs, of the same shapes${typed ? ' and types' : ''}, in the same order`,
        opened,
      );
  }
}

function networkOf(name: string, relation: Network['relation'], own: readonly Declared[]): Network {
  const of = (role: Role) => own.filter((declared) => declared.role === role).map(({ variable }) => variable);
  return {
    name,
    relation,
    inputs: of('declare-input'),
    hidden: of('declare-hidden'),
    outputs: of('declare-output'),
  };
}

/** Isomorphic networks may differ in their types, as where one was quantised. */
const alike = (a: readonly Variable[], b: readonly Variable[], typed: boolean): boolean =>
  a.length === b.length &&
  a.every(({ shape, elementType }, at) => {
    const other = b[at];
    return (
      other !== undefined && sameShape(shape, other.shape) && (!typed || elementType === other.elementType)
    );
  });

const isOneOf = <T extends string>(known: readonly T[], word: string): word is T =>
  (known as readonly string[]).includes(word);

/** A name that no other of its kind has. */
function newName(scanner: Scanner, what: string, known: readonly string[]): string {
  const place = scanner.start;
  const name = scanner.take(what, usage);
  if (!nameIsValid(name))
    throw scanner.error(`${show(name)} is no name`, 'names are letters, digits and _, a letter first', place);
  if (known.includes(name))
    throw scanner.error(
      `${name} is declared twice`,
      'every network and every variable has its own name',
      place,
    );
  return name;
}
