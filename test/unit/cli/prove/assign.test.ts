// Which file stands for which network, and every way in which that can go wrong.
import { describe, expect, test } from 'vitest';
import { assignFiles } from '../../../../src/cli/prove/assign.js';
import { readNetworks } from '../../../../src/cli/prove/network-list.js';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import { failureOf } from '../../policy/helpers.js';

const network = (name: string, relation = '') =>
  `(declare-network ${name} ${relation} (declare-input X_${name} real [1]) (declare-output Y_${name} real [1]))`;
const property = (...networks: string[]) =>
  parseVnnlib(
    `(vnnlib-version <2.0>)${networks.join('')}(assert (and (<= X_f[0] 1) (>= X_f[0] 0) (== X_f[0] X_g[0]) (== X_f[0] X_h[0])))`,
    'p.vnnlib',
  );
const [f, g, h] = [network('f'), network('g', '(equal-to f)'), network('h', '(isomorphic-to f)')];

describe('files', () => {
  const assigned = (given: string[], model?: string, networks = [f, g, h]) =>
    assignFiles(property(...networks), { model, networks: readNetworks(given) }, '/work').map(
      ({ network: { name }, file, sameAs }) => `${name}=${file} ${sameAs}`,
    );

  test('an equal network has the file of the other, or the same file by another name', () => {
    expect(assigned(['f=a.onnx', 'h=b.onnx'])).toEqual(['f=a.onnx 0', 'g=a.onnx 0', 'h=b.onnx 2']);
    expect(assigned(['h=b.onnx', 'g=./a.onnx', 'f=/work/a.onnx'])).toEqual([
      'f=/work/a.onnx 0',
      'g=./a.onnx 0',
      'h=b.onnx 2',
    ]);
  });

  test('one file without a name stands for the only network that is not equal to another', () => {
    expect(assigned([], 'a.onnx', [f, g, network('h', '(equal-to f)')])).toEqual([
      'f=a.onnx 0',
      'g=a.onnx 0',
      'h=a.onnx 0',
    ]);
  });

  test.each<[string, string[], string | undefined, RegExp, RegExp]>([
    [
      'an unknown name',
      ['f=a', 'hh=b'],
      undefined,
      /declares no network "hh"; did you mean "h"\?/,
      /as the property/,
    ],
    ['a missing file', ['h=b'], undefined, /no file for network "f"$/, /add --network f=FILE/],
    [
      'a missing file of an isomorphic one',
      ['f=a'],
      undefined,
      /"h", which is isomorphic-to f/,
      /--network h=FILE/,
    ],
    [
      'another file for an equal one',
      ['f=a', 'g=b', 'h=c'],
      undefined,
      /"g" is equal-to f, but is given b, and f a/,
      /leave out --network g/,
    ],
    [
      'one file for two',
      [],
      'a.onnx',
      /2 networks with files of their own, "f", "h", and one/,
      /--network f=FILE --network h=FILE p\.vnnlib/,
    ],
  ])('%s is refused', async (_, given, model, problem, hint) => {
    const { code, ...details } = await failureOf(() => assigned(given, model));
    expect(code).toBe('USAGE');
    expect(details.problem).toMatch(problem);
    expect(details.hint).toMatch(hint);
  });

  test('names for a property that has none', async () => {
    const old = parseVnnlib(
      '(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (<= X_0 1) (>= X_0 0)))',
      'old.vnnlib',
    );
    const details = await failureOf(() =>
      assignFiles(old, { model: undefined, networks: readNetworks(['f=a.onnx']) }, '/'),
    );
    expect(details.problem).toMatch(/VNN-LIB 1\.0, which names no networks/);
    expect(details.hint).toBe('write marauder prove a.onnx old.vnnlib');
  });
});

describe('--network', () => {
  test.each<[string[], string[]]>([
    [
      ['f=a.onnx', 'g2=dir/b=c.onnx'],
      ['f a.onnx', 'g2 dir/b=c.onnx'],
    ],
    [[`[('f', 'a.onnx'), ('g', "b's.onnx")]`], ['f a.onnx', "g b's.onnx"]],
    [
      [String.raw`[ ( 'f','a\'b\\c.onnx' ) ]`, 'g=b'],
      [String.raw`f a'b\c.onnx`, 'g b'],
    ],
  ])('%j', (values, expected) => {
    expect(readNetworks(values).map(({ name, file }) => `${name} ${file}`)).toEqual(expected);
  });

  test.each<[string[], RegExp, RegExp]>([
    [['a.onnx'], /cannot be "a\.onnx"/, /NAME=FILE/],
    [['f='], /cannot be "f="/, /NAME=FILE/],
    [['1f=a.onnx'], /cannot be "1f=a\.onnx"/, /NAME=FILE/],
    [['f=a', 'f=b'], /"f" is given two files/, /one --network/],
    [[`[('f', 'a'), ('f', 'b')]`], /"f" is given two files/, /one --network/],
    [[`[('f', 'a')`], /cannot be/, /a list is written/],
    [[`[('f', 'a'),]`], /cannot be/, /a list is written/],
    [[`[('f')]`], /cannot be/, /a list is written/],
    [[`[('f', 'a')] more`], /cannot be/, /a list is written/],
    [['[]'], /cannot be/, /a list is written/],
  ])('%j is refused', async (values, problem, hint) => {
    const { code, ...details } = await failureOf(() => readNetworks(values));
    expect(code).toBe('USAGE');
    expect(details.problem).toMatch(problem);
    expect(details.hint).toMatch(hint);
  });
});
