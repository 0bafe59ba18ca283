// The certificate file, version 1: JSON in gzip. docs/certificates.md says what each key means.
import { z } from 'zod';
import { certificateVersion } from './certificate.js';

const count = z.int().nonnegative();
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const form = z.array(z.tuple([count, z.number()]));
const vector = z.array(z.number());

const property = z.strictObject({
  inputs: count,
  outputs: count,
  /** Left out where there are disjuncts. */
  finite: z.literal(true).optional(),
  boxes: z.array(z.strictObject({ lower: vector, upper: vector })),
  disjuncts: z.array(
    z.strictObject({
      box: count,
      constraints: z.array(
        z.strictObject({ inputs: form, outputs: form, bound: z.number(), strict: z.boolean() }),
      ),
    }),
  ),
});

const places = z.strictObject({
  values: z.array(z.strictObject({ name: z.string(), elements: base64 })),
  tightened: z.strictObject({ places: base64, slopes: base64 }),
});

const proof = z.strictObject({
  tree: z.string().regex(/^[csplao]*$/),
  cutInputs: base64,
  cutPlaces: base64,
  signs: base64,
  /** Left out where no neuron is split but at 0. */
  points: base64.optional(),
  weights: base64,
  slopes: base64,
  multipliers: base64,
});

export const fileSchema = z.strictObject({
  format: z.literal('marauder-certificate'),
  version: z.literal(certificateVersion),
  model: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  arithmetic: z.enum(['deployed', 'real']),
  margin: z.number().nonnegative(),
  property,
  places: z.array(places),
  proofs: z.array(proof),
});

export type CertificateFile = z.infer<typeof fileSchema>;
export type ProofFile = z.infer<typeof proof>;
