// The checker: a certificate and the model's file -> accepted, or rejected with the reason. It trusts nothing that the search did.
import { roundDown, roundUp } from '../base/float32-rounding.js';
import { type Certificate, casesOf, Malformed, type ProofBox } from '../findings/certificate/certificate.js';
import type { LoadedModel } from '../onnx/load.js';
import { safeMagnitude } from './arithmetic.js';
import { type Products, plainProducts } from './backward.js';
import { type Bounds, boundedIn } from './bounds.js';
import { type Asked, type BoxView, type Machine, viewsOf } from './known.js';
import { flatLines } from './lines.js';
import { lowerNetwork } from './lower/lower.js';
import { type Network, NotCheckable } from './network.js';
import { located } from './places.js';
import type { Claim } from './rows.js';
import { isProved, type Judgement, type Rejection } from './verdicts.js';
import { type Mending, rowsOf, walk } from './walk.js';

export type CheckOptions = {
  /** Asked before every matrix product. */
  readonly isStopped: () => boolean | Promise<boolean>;
  /** Matrix products; left out: plain loops. */
  readonly products?: Products;
  readonly mending?: Mending;
};

export type Checker = (certificate: Certificate, options: CheckOptions) => Promise<Judgement>;

/** For as many certificates about the model as one likes: its network is read once, or once more for all values to be finite. */
export function createChecker({ model, sha256 }: Pick<LoadedModel, 'model' | 'sha256'>): Checker {
  const lowered = new Map<boolean, Network>();
  return async (certificate, options) => {
    if (certificate.model.sha256 !== sha256)
      return rejected({
        reason: 'wrong-model',
        detail: `one with sha256 ${certificate.model.sha256}, and this one has ${sha256}`,
      });
    try {
      if (!(certificate.margin >= 0)) throw new Malformed('a negative margin');
      const isWhole = isAboutAll(certificate);
      const network = lowered.get(isWhole) ?? lowerNetwork(model, isWhole);
      lowered.set(isWhole, network);
      const machine = { ...boundedIn(network, certificate.arithmetic), products: stoppable(options) };
      requireFit(certificate.property, machine);
      return await checkAll(certificate, machine, options.mending);
    } catch (error) {
      if (error instanceof Malformed) return rejected({ reason: 'malformed', detail: error.message });
      if (error instanceof NotCheckable) return rejected({ reason: 'unsupported', detail: error.message });
      if (error instanceof Stopped)
        return rejected({ reason: 'stopped', detail: 'it was stopped before everything was checked' });
      throw error;
    }
  };
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
  mending: Mending | undefined,
): Promise<Judgement> {
  let [leaves, parts] = [0, 0];
  const boxes = property.boxes.map(boxAround);
  const where = property.boxes.map((_, at) =>
    located(machine.network, places[at] ?? { values: [], tightened: [] }),
  );
  const [coarse, fine] = [new Map<number, BoxView>(), new Map<number, BoxView>()];
  const viewIn = async (known: Map<number, BoxView>, which: number, asked: Asked, tightens: boolean) => {
    const view = known.get(which) ?? (await viewsOf(machine, [asked], tightens))[0];
    if (view !== undefined) known.set(which, view);
    return view;
  };
  const { finite } = property;
  const [cases, what] = [casesOf(property), finite ? 'box' : 'disjunct'];
  if (proofs.length !== cases.length) throw new Malformed(`a ${what} has no proof`);
  for (const [at, { box: which, constraints }] of cases.entries()) {
    const [box, own, proof] = [boxes[which], where[which], proofs[at]];
    if (box === undefined || own === undefined || proof?.disjunct !== at)
      throw new Malformed(`disjunct ${at} has no box or no proof`);
    const { root } = proof;
    const claim = { constraints, margin, finite };
    // By intervals, at a hundredth of the cost: enough for networks that were trained for them.
    const isPlain = root.kind === 'leaf' && root.choice === undefined;
    if (isPlain && (await isProvedBy(machine, claim, await viewIn(coarse, which, { box }, false)))) {
      leaves++;
      parts++;
      continue;
    }
    const view = await viewIn(fine, which, { box, located: own }, true);
    const walked = await walk(machine, { ...claim, root, box, located: own, view, mending });
    if (walked.rejection !== undefined)
      return rejected({ ...walked.rejection, detail: `${what} ${at}: ${walked.rejection.detail}` });
    leaves += walked.leaves;
    parts += walked.parts;
  }
  return { accepted: true, disjuncts: property.disjuncts.length, leaves, parts };
}

async function isProvedBy(machine: Machine, claim: Claim, view: BoxView | undefined): Promise<boolean> {
  if (view === undefined || !view.isFinite) return false;
  if (claim.finite) return true;
  // Lower lines of slope 0 are what intervals have: now and then better than any other choice.
  for (const own of [view, { ...view, lines: flatLines(machine.network, view.known.bounds) }]) {
    const [rows = []] = await rowsOf(machine, claim, [own]);
    if (isProved(rows)) return true;
  }
  return false;
}

/** The least float32 box around a box of the property: every float32 input in the box, and those next to its faces. */
function boxAround({ lower, upper }: ProofBox): Bounds {
  const box = { lower: Float64Array.from(lower, roundDown), upper: Float64Array.from(upper, roundUp) };
  const isSafe = (end: number) => Math.abs(end) < safeMagnitude;
  if (!box.lower.every(isSafe) || !box.upper.every(isSafe))
    throw new NotCheckable('inputs near the greatest float32');
  return box;
}

/** Where all values are to be finite nothing else is claimed, and real numbers always are. */
function isAboutAll({ property: { finite, disjuncts }, arithmetic, margin }: Certificate): boolean {
  if (finite && (disjuncts.length > 0 || arithmetic !== 'deployed' || margin !== 0))
    throw new Malformed('"finite" is about deployed arithmetic, without disjuncts or a margin');
  return finite === true;
}

function requireFit({ inputSize, outputSize }: Certificate['property'], { network }: Machine): void {
  const [inputs, outputs] = [network.steps[0]?.size, network.steps[network.output]?.size];
  if (inputs !== inputSize || outputs !== outputSize)
    throw new Malformed(
      `it is about ${inputSize} inputs and ${outputSize} outputs, the model has ${inputs} and ${outputs}`,
    );
}
