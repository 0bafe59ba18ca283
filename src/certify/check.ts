// The checker: a certificate and the model's file -> accepted, or rejected with the reason. It trusts nothing that the search did.
import { roundDown, roundUp } from '../base/float32-rounding.js';
import { type CanonicalProperty, type Certificate, Malformed } from '../findings/certificate/certificate.js';
import type { LoadedModel } from '../onnx/load.js';
import { deployedIn } from './arithmetic.js';
import { type Products, plainProducts } from './backward.js';
import { type Bounds, ratesOf } from './intervals.js';
import { type BoxView, type Machine, viewsOf } from './known.js';
import { lowerNetwork } from './lower/lower.js';
import { NotCheckable } from './network.js';
import { located } from './places.js';
import type { Judgement, Rejection } from './verdicts.js';
import { type Mending, walk } from './walk.js';

export type CheckOptions = {
  /** Asked before every matrix product. */
  readonly isStopped: () => boolean | Promise<boolean>;
  /** Matrix products; left out: plain loops. */
  readonly products?: Products;
  readonly mending?: Mending;
};

export async function checkCertificate(
  certificate: Certificate,
  { model, sha256 }: Pick<LoadedModel, 'model' | 'sha256'>,
  options: CheckOptions,
): Promise<Judgement> {
  if (certificate.model.sha256 !== sha256)
    return rejected({
      reason: 'wrong-model',
      detail: `one with sha256 ${certificate.model.sha256}, and this one has ${sha256}`,
    });
  try {
    if (!(certificate.margin >= 0)) throw new Malformed('a negative margin');
    const network = lowerNetwork(model);
    const rates = ratesOf(network, deployedIn(certificate.arithmetic));
    const machine = { network, rates, products: stoppable(options) };
    requireFit(certificate.property, machine);
    return await checkAll(certificate, machine, options);
  } catch (error) {
    if (error instanceof Malformed) return rejected({ reason: 'malformed', detail: error.message });
    if (error instanceof NotCheckable) return rejected({ reason: 'unsupported', detail: error.message });
    if (error instanceof Stopped)
      return rejected({ reason: 'stopped', detail: 'it was stopped before everything was checked' });
    throw error;
  }
}

class Stopped extends Error {
  override readonly name = 'Stopped';
}

function stoppable({ isStopped, products = plainProducts }: CheckOptions): Products {
  return async (...rows) => {
    if (await isStopped()) throw new Stopped();
    return products(...rows);
  };
}

const rejected = (rejection: Rejection): Judgement => ({ accepted: false, ...rejection });

async function checkAll(
  { property, places, proofs, margin }: Certificate,
  machine: Machine,
  { mending }: CheckOptions,
): Promise<Judgement> {
  let [leaves, parts] = [0, 0];
  const boxes = property.boxes.map(boxAround);
  const where = property.boxes.map((_, at) =>
    located(machine.network, places[at] ?? { values: [], tightened: [] }),
  );
  const views = new Map<number, BoxView>();
  if (proofs.length !== property.disjuncts.length) throw new Malformed('a disjunct has no proof');
  for (const [at, { box: which, constraints }] of property.disjuncts.entries()) {
    const [box, own, proof] = [boxes[which], where[which], proofs[at]];
    if (box === undefined || own === undefined || proof?.disjunct !== at)
      throw new Malformed(`disjunct ${at} has no box or no proof`);
    const view = views.get(which) ?? (await viewsOf(machine, [{ box, located: own }]))[0];
    if (view !== undefined) views.set(which, view);
    const task = { root: proof.root, box, constraints, located: own, margin, view };
    const walked = await walk(machine, task, mending);
    if (walked.rejection !== undefined)
      return rejected({ ...walked.rejection, detail: `disjunct ${at}: ${walked.rejection.detail}` });
    leaves += walked.leaves;
    parts += walked.parts;
  }
  return { accepted: true, disjuncts: proofs.length, leaves, parts };
}

/** The least float32 box around a box of the property: every float32 input in the box, and those next to its faces. */
const boxAround = ({ lower, upper }: CanonicalProperty['boxes'][number]): Bounds => ({
  lower: Float64Array.from(lower, roundDown),
  upper: Float64Array.from(upper, roundUp),
});

function requireFit({ inputSize, outputSize }: CanonicalProperty, { network }: Machine): void {
  const [inputs, outputs] = [network.steps[0]?.size, network.steps[network.output]?.size];
  if (inputs !== inputSize || outputs !== outputSize)
    throw new Malformed(
      `it is about ${inputSize} inputs and ${outputSize} outputs, the model has ${inputs} and ${outputs}`,
    );
}
