// The compiled programs of program.ts: ascent of slopes and multipliers, bounds alone, and bounds with what choosing a neuron needs.
import type { TypedModel } from '../../../graph/typed-model.js';
import { createRounding, type Deployment } from '../../../ops/rounding.js';
import { compile } from '../../../program/compile.js';
import { Program } from '../../../program/program.js';
import type { Runtime, Session } from '../../../program/session.js';
import { adamStep } from './adam.js';
import type { Neurons } from './neurons.js';
import { once } from './once.js';
import { buildBounding, type Target } from './program.js';

export type Sessions = {
  /** -> bound, and the state one step of Adam uphill: slopes, multipliers and four moments. */
  ascent(): Promise<Session>;
  /** -> bound */
  bounds(): Promise<Session>;
  /** -> bound, point, output, influence, neurons: see `Bounding` in program.ts. */
  view(): Promise<Session>;
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
      return compile(p, results, runtime);
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
