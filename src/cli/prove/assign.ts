// A file for each network that a property declares; one clear error where there is none, or one too many.
import { resolve } from 'node:path';
import { suggest } from '../../policy/suggest.js';
import type { Network, VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { NamedFile, ProveOptions } from '../options.js';
import { usageError } from '../values.js';

export type Assigned = {
  readonly network: Network;
  /** As typed. */
  readonly file: string;
  /** Number of the first network with the same file: its own where it is that one. */
  readonly sameAs: number;
};

/** In the order of declaration. @throws UserError USAGE */
export function assignFiles(
  property: Pick<VnnlibProperty, 'file' | 'version' | 'networks'>,
  { model, networks: given }: Pick<ProveOptions, 'model' | 'networks'>,
  cwd: string,
): readonly [Assigned, ...Assigned[]] {
  const files = model === undefined ? namedFiles(property, given) : onlyFile(property, model);
  const fileOf = (network: Network): string => {
    const { relation } = network;
    const own = files.get(network.name);
    // A network to which another is equal comes first, and is equal to none.
    if (relation?.kind !== 'equal-to') return own ?? missing(network);
    const other = files.get(relation.network) ?? missing(network);
    if (own !== undefined && resolve(cwd, own) !== resolve(cwd, other))
      throw usageError(
        'prove',
        `network "${network.name}" is equal-to ${relation.network}, but is given ${own}, and ${relation.network} ${other}`,
        `leave out --network ${network.name}=..., or take (equal-to ${relation.network}) out of ${property.file}`,
      );
    return own ?? other;
  };
  const paths: string[] = [];
  const assigned = (network: Network): Assigned => {
    const file = fileOf(network);
    const path = resolve(cwd, file);
    paths.push(path);
    return { network, file, sameAs: paths.indexOf(path) };
  };
  const [first, ...others] = property.networks;
  return [assigned(first), ...others.map(assigned)];
}

/** One file stands for the only network that is not equal to another. */
function onlyFile({ file, networks }: Pick<VnnlibProperty, 'file' | 'networks'>, model: string) {
  const needed = networks.filter(({ relation }) => relation?.kind !== 'equal-to').map(({ name }) => name);
  const [name = '', second] = needed;
  if (second !== undefined)
    throw usageError(
      'prove',
      `${file} declares ${needed.length} networks with files of their own, ${needed.map((each) => `"${each}"`).join(', ')}, and one file is given`,
      `name them: marauder prove ${needed.map((each) => `--network ${each}=FILE`).join(' ')} ${file}`,
    );
  return new Map([[name, model]]);
}

function namedFiles(
  { file, version, networks }: Pick<VnnlibProperty, 'file' | 'version' | 'networks'>,
  given: readonly NamedFile[],
): ReadonlyMap<string, string> {
  if (version === '1.0')
    throw usageError(
      'prove',
      `${file} is VNN-LIB 1.0, which names no networks`,
      `write marauder prove ${given[0]?.file ?? 'MODEL'} ${file}`,
    );
  const declared = networks.map(({ name }) => name);
  const unknown = given.find(({ name }) => !declared.includes(name));
  if (unknown !== undefined)
    throw usageError(
      'prove',
      `${file} declares no network "${unknown.name}"${suggest(unknown.name, declared, 'declared are')}`,
      'name networks in --network as the property does',
    );
  return new Map(given.map(({ name, file: path }) => [name, path]));
}

function missing({ name, relation }: Network): never {
  const why =
    relation?.kind === 'isomorphic-to'
      ? `, which is isomorphic-to ${relation.network} but has weights of its own`
      : '';
  throw usageError('prove', `no file for network "${name}"${why}`, `add --network ${name}=FILE`);
}
