// Campaigns of a policy: one per property.
import { resolve } from 'node:path';
import { UserError } from '../../base/user-error.js';
import { parsePolicy } from '../../policy/parse.js';
import type { Policy } from '../../policy/policy.js';
import { placeOf } from '../../policy/position.js';
import { list, nearest, show } from '../../policy/suggest.js';
import type { Runtime } from '../../program/session.js';
import { isCounted } from '../check/counts/index.js';
import { fuzzTarget } from '../check/fuzzing.js';
import { createResources } from '../check/resources.js';
import { withPlace } from '../check/runtime-failure.js';
import type { Subject } from '../check/subject.js';
import { createSubject } from '../check/subjects/index.js';
import { findPolicy, readTextFile } from '../files.js';
import type { FuzzCommandOptions, Io } from '../options.js';
import { shownFrom } from '../shown.js';
import type { Campaign } from './campaign.js';
import { withLayers } from './choices.js';

export type Campaigns = {
  /** As the header names it. */
  readonly file: string;
  /** Of all randomness, unless an option says otherwise. */
  readonly seed: number;
  readonly campaigns: readonly Campaign[];
};

export async function campaignsOfPolicy(
  options: FuzzCommandOptions,
  io: Io,
  runtime: Runtime,
): Promise<Campaigns> {
  const file = options.target === undefined ? findPolicy(io.cwd) : resolve(io.cwd, options.target);
  const shown = shownFrom(io.cwd);
  const policy = parsePolicy(readTextFile(file), shown(file));
  const resources = createResources(policy, runtime, shown, resolve(io.cwd, options.outputDir, 'models'));
  const campaigns: Campaign[] = [];
  for (const property of chosen(policy, options.properties)) {
    const subject = await withPlace(placeOf(property.at), () =>
      createSubject(property, { policy, resources, runtime }),
    );
    campaigns.push(campaignOf(subject, options.layers));
  }
  return { file: shown(file), seed: policy.seed, campaigns };
}

function campaignOf(subject: Subject, layers: readonly string[] | undefined): Campaign {
  const whole = { ...fuzzTarget(subject), open: instancesOf(subject) };
  return {
    name: subject.property.name,
    target: layers === undefined ? whole : withLayers(whole, layers),
    subject,
    objectives: new Map([[subject.property.kind, subject]]),
    models: subject.models,
  };
}

/** All of them, by number. */
export const instancesOf = ({ set }: Pick<Subject, 'set'>): number[] =>
  Array.from({ length: set.lower.shape[0] ?? 0 }, (_, instance) => instance);

function chosen({ properties }: Policy, names: readonly string[] | undefined): Policy['properties'] {
  // Where all of them are counted, it is said that there is nothing to search for.
  const searched = properties.filter((property) => !isCounted(property));
  if (names === undefined) return searched.length > 0 ? searched : properties;
  const all = properties.map(({ name }) => name);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return properties.filter(({ name }) => names.includes(name));
  const meant = nearest(unknown, all);
  throw new UserError('USAGE', {
    where: '--property',
    problem: `the policy has no property ${show(unknown)}`,
    hint: meant === undefined ? `it has ${list(all)}` : `did you mean ${show(meant)}?`,
  });
}
