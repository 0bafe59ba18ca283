// Certificates as bytes: written by whoever proves, read by whoever checks. What is read is not trusted.
import { gunzipSync, gzipSync } from 'node:zlib';
import { messageOf } from '../../base/user-error.js';
import { decoded, encoded, uint16, uint32 } from './arrays.js';
import {
  type CanonicalProperty,
  type Certificate,
  type Constraint,
  casesOf,
  type Form,
  Malformed,
  type Places,
} from './certificate.js';
import { type CertificateFile, fileSchema } from './schema.js';
import { decodeTree, encodeTree } from './tree.js';

/** Beyond what any certificate needs, and within what JSON.parse takes. */
const greatestBytes = 2 ** 29 - 2 ** 20;

export function encodeCertificate(certificate: Certificate): Uint8Array {
  const { version, model, arithmetic, margin, property, places, proofs } = certificate;
  const file: CertificateFile = {
    format: 'marauder-certificate',
    version,
    model,
    arithmetic,
    margin,
    property: encodeProperty(property),
    places: places.map(encodePlaces),
    proofs: proofs.map(({ root }) => encodeTree(root)),
  };
  return gzipSync(JSON.stringify(file), { level: 9 });
}

const encodeProperty = ({ inputSize, outputSize, finite, boxes, disjuncts }: CanonicalProperty) => ({
  inputs: inputSize,
  outputs: outputSize,
  ...(finite && { finite }),
  boxes: boxes.map(({ lower, upper }) => ({ lower: Array.from(lower), upper: Array.from(upper) })),
  disjuncts: disjuncts.map(({ box, constraints }) => ({
    box,
    constraints: constraints.map((constraint) => ({
      ...constraint,
      inputs: pairsOf(constraint.inputs),
      outputs: pairsOf(constraint.outputs),
    })),
  })),
});

const pairsOf = ({ indices, coefficients }: Form): [number, number][] =>
  indices.map((index, at) => [index, coefficients[at] ?? 0]);

const encodePlaces = ({ values, tightened }: Places) => ({
  values: values.map(({ name, elements }) => ({ name, elements: encoded(elements, uint32) })),
  tightened: {
    places: encoded(
      tightened.map(({ place }) => place),
      uint32,
    ),
    slopes: encoded(
      tightened.flatMap(({ least, greatest }) => [...least, ...greatest]),
      uint16,
    ),
  },
});

/** @throws Malformed */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  const { format: _, property, places, proofs, ...rest } = parsed(bytes);
  const canonical = decodeProperty(property);
  const where = places.map(decodePlaces);
  if (where.length !== canonical.boxes.length) throw new Malformed('boxes and places do not fit');
  const cases = casesOf(canonical);
  if (proofs.length !== cases.length) throw new Malformed('disjuncts and proofs do not fit');
  return {
    ...rest,
    property: canonical,
    places: where,
    proofs: proofs.map((proof, disjunct) => {
      const { box = -1, constraints = [] } = cases[disjunct] ?? {};
      const sizes = { constraints: constraints.length, places: countOf(where[box]) };
      return { disjunct, root: decodeTree(proof, sizes) };
    }),
  };
}

const countOf = (places: Places | undefined): number =>
  (places?.values ?? []).reduce((sum, { elements }) => sum + elements.length, 0);

function parsed(bytes: Uint8Array): CertificateFile {
  let data: unknown;
  try {
    data = JSON.parse(gunzipSync(bytes, { maxOutputLength: greatestBytes }).toString());
  } catch (error) {
    throw new Malformed(`no JSON in gzip: ${messageOf(error)}`);
  }
  const result = fileSchema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Malformed(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a certificate'}`);
}

function decodeProperty({
  inputs,
  outputs,
  finite,
  boxes,
  disjuncts,
}: CertificateFile['property']): CanonicalProperty {
  for (const { lower, upper } of boxes)
    if (lower.length !== inputs || upper.length !== inputs) throw new Malformed('a box of another size');
  const constraintOf = (given: CertificateFile['property']['disjuncts'][number]['constraints'][number]) => ({
    ...given,
    inputs: formOf(given.inputs, inputs),
    outputs: formOf(given.outputs, outputs),
  });
  return {
    inputSize: inputs,
    outputSize: outputs,
    ...(finite && { finite }),
    boxes,
    disjuncts: disjuncts.map(({ box, constraints }) => {
      if (box >= boxes.length) throw new Malformed(`there is no box ${box}`);
      return { box, constraints: constraints.map((given): Constraint => constraintOf(given)) };
    }),
  };
}

function formOf(pairs: readonly (readonly [number, number])[], size: number): Form {
  const indices = pairs.map(([index]) => index);
  if (new Set(indices).size !== indices.length || !indices.every((index) => index < size))
    throw new Malformed('a constraint of elements that are not there, or twice');
  return { indices, coefficients: pairs.map(([, coefficient]) => coefficient) };
}

function decodePlaces({ values, tightened }: CertificateFile['places'][number]): Places {
  const found = values.map(({ name, elements }) => ({ name, elements: decoded(elements, uint32, name) }));
  const count = countOf({ values: found, tightened: [] });
  const targets = decoded(tightened.places, uint32, 'tightened');
  const slopes = Uint16Array.from(decoded(tightened.slopes, uint16, 'tightened slopes'));
  if (slopes.length !== 2 * targets.length * count) throw new Malformed('tightened slopes do not fit');
  return {
    values: found,
    tightened: targets.map((place, at) => ({
      place,
      least: slopes.subarray(2 * at * count, (2 * at + 1) * count),
      greatest: slopes.subarray((2 * at + 1) * count, (2 * at + 2) * count),
    })),
  };
}
