// The compiled programs of program.ts: ascent of slopes and multipliers, bounds alone, and bounds with what choosing a neuron needs.

import { once } from '../../../base/once.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { createRounding, type Deployment } from '../../../ops/rounding.js';
import { compile } from '../../../program/compile.js';
import { Program } from '../../../program/program.js';
import type { Runtime, Session } from '../../../program/session.js';
import { reachable, type Value } from '../../../program/value.js';
import { createStage } from '../../crown/stage.js';
import { adamStep } from './adam.js';
import { haveCuts, type Neurons } from './neurons.js';
import { buildBounding } from './program.js';
import type { Target } from './state.js';

export type Sessions = {
  ascent(): Promise<Climb>;
  /** -> bound */
  bounds(): Promise<Session>;
  /** -> bound, point, output, influence, neurons, cutLosses: see `Bounding` in program.ts. */
  view(): Promise<Session>;
};

export type Climb = {
  /** -> bound, and the state one step of Adam uphill: slopes, multipliers and four moments. */
  readonly step: Session;
  /** What a step reads besides, which stays the same from step to step; undefined where only kinks are split: it is next to nothing. */
  readonly still: Session | undefined;
};

/** Names of the ascent's moments, inputs and results alike. */
export const momentNames = ['slopes1', 'slopes2', 'multipliers1', 'multipliers2'] as const;

/** Each is compiled on first use. @param model one instance */
export function createSessions(
  model: TypedModel,
  hidden: readonly Neurons[],
  target: Target,
  arithmetic: Deployment,
  runtime: Runtime,
): Sessions {
  const build = () => {
    const p = new Program();
    return { p, ...buildBounding(p, model, hidden, target, createRounding('float32', arithmetic)) };
  };
  return {
    ascent: once(() => {
      const { p, bound, inputs, gradients } = build();
      const found = gradients();
      const moment = (at: number) => p.input(momentNames[at] ?? '', 'float32', ['batch', 'u']);
      const rates = (name: string) => p.input(name, 'float32', [2]);
      const slopes = adamStep(p, found.slopes, { first: moment(0), second: moment(1) }, rates('slopeRates'));
      const multipliers = adamStep(
        p,
        found.multipliers,
        { first: moment(2), second: moment(3) },
        rates('multiplierRates'),
      );
      const moments = [slopes, multipliers].flatMap(({ moments: { first, second } }) => [first, second]);
      const results = {
        bound,
        'slopes/next': p.min(p.max(p.add(inputs.slopes, slopes.step), 0), 1),
        'multipliers/next': p.mul(
          p.max(p.add(inputs.multipliers, multipliers.step), 0),
          p.abs(inputs.splits),
        ),
        ...Object.fromEntries(momentNames.map((name, at) => [`${name}/next`, moments[at] ?? bound])),
      };
      return haveCuts(hidden) ? openInTwo(p, results, runtime) : openWhole(p, results, runtime);
    }),
    bounds: once(() => {
      const { p, bound } = build();
      return compile(p, { bound }, runtime);
    }),
    view: once(() => {
      const { p, bound, influence, corner } = build();
      return compile(p, { bound, influence, ...corner() }, runtime);
    }),
  };
}

type Outputs = Readonly<Record<string, Value>>;

const openWhole = async (p: Program, results: Outputs, runtime: Runtime): Promise<Climb> => ({
  step: await compile(p, results, runtime),
  still: undefined,
});

/** Inputs that change from step to step, or that are worth nothing without those. */
const moving: ReadonlySet<string> = new Set([
  ...['start', 'inputs', 'splits', 'slopes', 'multipliers', 'slopeRates', 'multiplierRates'],
  ...momentNames,
]);

/** Tangents of curves at the ends of intervals, and the like, take most of a program, and stay as they are while choices move. */
async function openInTwo(p: Program, results: Outputs, runtime: Runtime): Promise<Climb> {
  const values = Object.values(results);
  const changing = new Set(
    reachable(values).filter(
      ({ primitive, attributes }) => primitive === 'input' && moving.has(String(attributes.name)),
    ),
  );
  const known = new Map<Value, Value>();
  const vectors: Record<string, Value> = {};
  for (const value of values) Object.assign(vectors, createStage(p, value, changing, known).vectors);
  const rebuilt = p.rebuild(reachable(values), known);
  const step = Object.fromEntries(Object.entries(results).map(([name, value]) => [name, rebuilt(value)]));
  return { step: await compile(p, step, runtime), still: await compile(p, vectors, runtime) };
}
