// Criteria as the command line names them: `name`, or `name:key=value,key=value`, several with commas between them.
import { UserError } from '../../base/user-error.js';
import { list, nearest, show } from '../../policy/suggest.js';
import type { CalibratedCriterion } from './calibrated.js';
import { criterionKinds } from './index.js';
import { type CriterionKind, isAllowed, type OptionRule } from './options.js';

const kinds: Readonly<Record<string, CriterionKind>> = criterionKinds;

/** @throws UserError USAGE */
export function parseCriterion(text: string): CalibratedCriterion {
  const [name = '', ...rest] = text.trim().split(':');
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) throw unknownName(name);
  const settings = rest.join(':');
  const given =
    settings === '' ? [] : settings.split(',').map((setting) => parseSetting(name, setting, kind));
  return kind.create(Object.fromEntries(given));
}

/** A piece such as `k=3` belongs to the criterion before it. @throws UserError USAGE */
export function parseCriteria(text: string): CalibratedCriterion[] {
  const whole: string[] = [];
  for (const piece of text.split(',')) {
    const before = whole.at(-1);
    if (before?.includes(':') && /^[^:]*=/.test(piece)) whole[whole.length - 1] = `${before},${piece}`;
    else whole.push(piece);
  }
  return [...new Map(whole.map(parseCriterion).map((criterion) => [criterion.name, criterion])).values()];
}

function parseSetting(name: string, setting: string, { options }: CriterionKind): [string, number] {
  const [key = '', value = ''] = setting.split('=').map((part) => part.trim());
  const rule = Object.hasOwn(options, key) ? options[key] : undefined;
  if (rule === undefined) throw unknownOption(name, key, Object.keys(options));
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
  if (isAllowed(number, rule)) return [key, number];
  throw new UserError('USAGE', {
    where: `coverage criterion ${show(name)}`,
    problem: `${key} cannot be ${show(value)}`,
    hint: `give ${rangeOf(rule)}: ${rule.meaning}`,
  });
}

const rangeOf = ({ integer, least, greatest }: OptionRule): string =>
  `${integer ? 'a whole number' : 'a number'} from ${least} to ${greatest}`;

function unknownName(name: string): UserError {
  const names = Object.keys(kinds);
  const meant = nearest(name, names);
  return new UserError('USAGE', {
    where: 'coverage criteria',
    problem: `no criterion ${show(name)}`,
    hint: `${meant === undefined ? '' : `did you mean ${show(meant)}? `}there are ${names.join(', ')}`,
  });
}

const unknownOption = (name: string, key: string, keys: readonly string[]): UserError =>
  new UserError('USAGE', {
    where: `coverage criterion ${show(name)}`,
    problem: `no option ${show(key)}`,
    hint: keys.length === 0 ? 'it has no options' : `it has ${list(keys)}, such as ${name}:${keys[0]}=1`,
  });
