// Certificates that were tampered with: one that is accepted all the same has to prove a property that is true, by exact rational
// arithmetic on networks of one input.
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { roundDown, roundUp } from '../../../src/base/float32-rounding.js';
import { float32 } from '../../../src/base/tensor.js';
import { type Certificate, Malformed, type ProofBox } from '../../../src/findings/certificate/certificate.js';
import { decodeCertificate, encodeCertificate } from '../../../src/findings/certificate/file.js';
import {
  atMost,
  certificateOf,
  check,
  cuts,
  finiteCertificate,
  sha256,
  signs,
} from '../../helpers/certificates.js';
import { Draw } from '../../helpers/draw.js';
import { effort, SEED } from '../../helpers/laws.js';
import { type Mlp, mlp, mlpModel } from '../../helpers/mlps.js';
import { isLess, leastExcessOf, rational } from '../../helpers/rational.js';

/** Whether what the certificate claims of exact arithmetic is so; what it claims of float32 is more. */
const isTrue = ({ property: { boxes, disjuncts }, margin }: Certificate, { layers }: Mlp): boolean =>
  disjuncts.every(({ box, constraints }) => {
    const lower = roundDown(boxes[box]?.lower[0] ?? Number.NaN);
    const upper = roundUp(boxes[box]?.upper[0] ?? Number.NaN);
    if (lower > upper) return true;
    const pairs = ({ indices, coefficients }: (typeof constraints)[number]['inputs']) =>
      indices.map((index, at) => [index, coefficients[at] ?? 0] as const);
    const rows = constraints.map(({ inputs, outputs, bound }) => ({
      inputs: pairs(inputs),
      outputs: pairs(outputs),
      bound,
    }));
    return rows.length > 0 && isLess(rational(margin), leastExcessOf(layers, [lower, upper], rows));
  });

/** A proof of nearly the greatest bound, by cuts or by signs. */
async function drawn(draw: Draw): Promise<{ readonly network: Mlp; readonly certificate: Certificate }> {
  for (;;) {
    const network = mlp(draw, [1, 3, 2, 1], 'normal');
    const [lower, upper] = [-draw.uniform(), draw.uniform()].map(Math.fround) as [number, number];
    const least = leastExcessOf(
      network.layers,
      [lower, upper],
      [{ inputs: [], outputs: [[0, 1]], bound: 0 }],
    );
    const bound = Number(least.n) / Number(least.d) - draw.pick([1e-5, 0.01, 0.1]);
    const places = { values: [{ name: 'h0', elements: [0, 1, 2] }], tightened: [] };
    const root = draw.flag() ? cuts(lower, upper, draw.int(1, 6)) : signs(draw, 3);
    const certificate = certificateOf([[lower], [upper]], 1, [atMost(0, bound)], root, places);
    if ((await check(certificate, network.model)).accepted) return { network, certificate };
  }
}

const json = (bytes: Uint8Array): string => gunzipSync(bytes).toString();

/** Bits of the compressed file, bits of the text, digits, and keys of the file replaced. */
function mutated(draw: Draw, bytes: Uint8Array): Uint8Array {
  const flip = (data: Uint8Array) => {
    const at = draw.int(0, data.length - 1);
    data[at] = (data[at] ?? 0) ^ (1 << draw.int(0, 7));
    return data;
  };
  const text = json(bytes);
  const repacked = (changed: string) => gzipSync(changed);
  const number = () => String(draw.pick([0, 1, -1, 0.5, -0.5, 1e-3, 2, 1e30, 2 * draw.uniform() - 1]));
  const base64 = (size: number) =>
    Buffer.from(Array.from({ length: size }, () => draw.int(0, 255))).toString('base64');
  const replaced = (pattern: RegExp, by: (found: string) => string) => {
    const all = [...text.matchAll(pattern)];
    const chosen = all.length === 0 ? undefined : draw.pick(all);
    if (chosen === undefined) return repacked(text);
    return repacked(
      text.slice(0, chosen.index) + by(chosen[0]) + text.slice(chosen.index + chosen[0].length),
    );
  };
  switch (draw.int(0, 7)) {
    case 0:
      return flip(Uint8Array.from(bytes));
    case 1:
      return gzipSync(flip(Uint8Array.from(Buffer.from(text))));
    case 2:
      return replaced(/-?\d+\.\d+(e-?\d+)?|-?\d+/g, number);
    case 3:
      // A bound of the property or of the box is moved by little.
      return replaced(/-?\d+\.\d+/g, (found) => String(Number(found) + (draw.uniform() - 0.5) * 0.1));
    case 4:
      // Leaves are dropped, nodes changed.
      return replaced(/"tree":"[cslao]*"/g, (found) => {
        const at = draw.int(8, found.length - 2);
        return found.slice(0, at) + draw.pick(['', 'l', 'o', 'a', 'c', 's']) + found.slice(at + 1);
      });
    case 5:
      // Numbers of cuts, slopes, multipliers.
      return replaced(/"[A-Za-z0-9+/=]{4,}"/g, (found) => {
        const size = Buffer.from(found.slice(1, -1), 'base64').length;
        return `"${base64(Math.max(1, size))}"`;
      });
    case 6:
      // Boxes with their sides swapped.
      return repacked(
        text.replace('"lower"', '"side"').replace('"upper"', '"lower"').replace('"side"', '"upper"'),
      );
    default: {
      const at = draw.int(0, text.length - 1);
      return repacked(text.slice(0, at) + text.slice(at + draw.int(1, 3)));
    }
  }
}

test('none is accepted that proves what is not so', async () => {
  const draw = new Draw(SEED);
  const counts = { changed: 0, decoded: 0, accepted: 0, untrue: 0 };
  for (let run = 0; run < effort(200); run++) {
    const { network, certificate } = await drawn(draw);
    expect(isTrue(certificate, network)).toBe(true);
    const bytes = encodeCertificate(certificate);
    for (let at = 0; at < 50; at++) {
      const changed = mutated(draw, bytes);
      counts.changed++;
      let found: Certificate;
      try {
        found = decodeCertificate(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
        continue;
      }
      counts.decoded++;
      const truth =
        found.arithmetic === 'deployed' && found.property.inputSize === 1 ? isTrue(found, network) : true;
      if (!truth) counts.untrue++;
      const judgement = await check(found, network.model);
      if (!judgement.accepted) continue;
      counts.accepted++;
      expect(found.model.sha256).toBe(sha256);
      expect(truth, json(changed)).toBe(true);
    }
    // The same proof of another network of the same shape.
    const other = mlp(draw, [1, 3, 2, 1], 'normal');
    if ((await check(certificate, other.model)).accepted) expect(isTrue(certificate, other)).toBe(true);
    expect(await check(certificate, other.model, 'b'.repeat(64))).toMatchObject({ reason: 'wrong-model' });
  }
  expect(counts.decoded).toBeGreaterThan(200);
  expect(counts.accepted).toBeGreaterThan(20);
  expect(counts.untrue).toBeGreaterThan(20);
}, 300_000);

/** Whether float32 sums of one order are not finite for some inputs of the box. */
function overflows({ layers }: Pick<Mlp, 'layers'>, { lower, upper }: ProofBox): boolean {
  const [low, high] = [Math.fround(lower[0] ?? 0), Math.fround(upper[0] ?? 0)];
  const inputs = Array.from({ length: 9 }, (_, at) => Math.fround(low + ((high - low) * at) / 8));
  return low <= high && inputs.some((x) => !valuesAt(layers, x).every(Number.isFinite));
}

const valuesAt = (layers: Mlp['layers'], x: number): number[] => {
  const all: number[] = [];
  let values = [x];
  for (const { weight } of layers) {
    const [, outputs = 0] = weight.shape;
    values = Array.from({ length: outputs }, (_, to) =>
      values.reduce((sum, value, from) => {
        const product = Math.fround(Math.max(0, value) * (weight.data[from * outputs + to] ?? 0));
        return Math.fround(sum + product);
      }, 0),
    );
    all.push(...values);
  }
  return all;
};

/** Of networks without biases, whose inputs and neurons are rectified: their values come near 2^125 in the box, or beyond it. */
async function drawnFinite(
  draw: Draw,
): Promise<{ readonly network: Mlp; readonly certificate: Certificate }> {
  for (;;) {
    const { layers, widths } = mlp(draw, [1, 3, 2], 'normal');
    const great = layers.map(({ weight: { data, shape } }) => ({
      weight: float32(
        data.map((w) => w * 2 ** 62),
        shape,
      ),
      bias: undefined,
    }));
    const first = { weight: float32([1], [1, 1]), bias: undefined };
    const all = [first, ...great];
    const network = { layers: all, widths, model: mlpModel(all, ['batch', 1], draw) };
    const end = Math.fround(draw.uniform() * 2);
    const certificate = finiteCertificate([0], [end], 2, cuts(0, end, draw.int(0, 3)));
    if ((await check(certificate, network.model)).accepted) return { network, certificate };
  }
}

/** Another box, or another tree. */
function changed(draw: Draw, certificate: Certificate): Certificate {
  const { property } = certificate;
  const factor = draw.pick([0.5, 1.01, 1.5, 4, 30, 1000]);
  const boxes = property.boxes.map(({ lower, upper }) => ({
    lower: [(lower[0] ?? 0) - draw.pick([0, 0, 1])],
    upper: [(upper[0] ?? 0) * factor],
  }));
  const proofs = [{ disjunct: 0, root: cuts(draw.uniform(), draw.uniform(), draw.int(0, 4)) }];
  return { ...certificate, proofs, property: { ...property, boxes } };
}

test('none is accepted that calls values finite that are not', async () => {
  const draw = new Draw(SEED);
  const counts = { accepted: 0, untrue: 0 };
  for (let run = 0; run < effort(40); run++) {
    const { network, certificate } = await drawnFinite(draw);
    for (let at = 0; at < 50; at++) {
      const bytes = encodeCertificate(draw.flag() ? changed(draw, certificate) : certificate);
      let found: Certificate;
      try {
        found = decodeCertificate(draw.flag() ? mutated(draw, bytes) : bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
        continue;
      }
      const { finite, inputSize, boxes } = found.property;
      const isUntrue = finite === true && inputSize === 1 && boxes.some((box) => overflows(network, box));
      if (isUntrue) counts.untrue++;
      if (!(await check(found, network.model)).accepted) continue;
      counts.accepted++;
      expect(found.model.sha256).toBe(sha256);
      expect(isUntrue, json(bytes)).toBe(false);
    }
  }
  expect(counts.accepted).toBeGreaterThan(100);
  expect(counts.untrue).toBeGreaterThan(40);
}, 60_000);
