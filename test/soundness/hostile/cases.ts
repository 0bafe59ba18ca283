// Hostile files, numbered: first those made by hand, then changed ones, each from its number alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { Draw } from '../../helpers/draw.js';
import { ModelProtoSchema } from '../../onnx-proto/onnx_pb.js';
import { damages } from './bytes.js';
import { crafted } from './crafted.js';
import { type Mutate, mutations } from './mutations.js';

export type Case = {
  /** What was done to which file. */
  readonly name: string;
  readonly bytes: Uint8Array;
};

/** @param root the project's folder */
export function createCases(root: string): (number: number) => Case {
  const folder = join(root, 'corpora/exporters');
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.onnx'))
    .sort();
  return (number) => {
    const made = crafted[number];
    if (made !== undefined) return { name: made.name, bytes: made.bytes() };
    const draw = new Draw(number);
    const file = files[number % files.length] ?? '';
    const bytes = readFileSync(join(folder, file));
    const { did, changed } = draw.int(0, 6) === 0 ? damaged(bytes, draw) : mutated(bytes, draw);
    return { name: `${file}: ${did}`, bytes: changed };
  };
}

type Changed = { readonly did: string; readonly changed: Uint8Array };

function damaged(bytes: Uint8Array, draw: Draw): Changed {
  const [did, damage] = draw.pick(Object.entries(damages));
  return { did, changed: damage(new Uint8Array(bytes), draw) };
}

function mutated(bytes: Uint8Array, draw: Draw): Changed {
  const model = fromBinary(ModelProtoSchema, new Uint8Array(bytes));
  const chosen = Array.from({ length: draw.pick([1, 1, 1, 2, 3]) }, () =>
    draw.pick(Object.entries<Mutate>(draw.int(0, 3) === 0 ? mutations.broken : mutations.subtle)),
  );
  for (const [, mutate] of chosen) if (model.graph) mutate(model.graph, draw, model);
  return { did: chosen.map(([name]) => name).join(', '), changed: toBinary(ModelProtoSchema, model) };
}
