// VNN-LIB text -> property. 1.0: Demarchi et al. 2023 and the rules of VNN-COMP; 2.0: the grammar of the standard of December 2025.
import { show, suggest } from '../suggest.js';
import { readCondition } from './assertion.js';
import { disjunctsOf } from './boxes.js';
import type { Declarations, Declaring } from './declarations.js';
import { FlatVariables } from './flat-variables.js';
import { Comparisons, type Formula, joined } from './formula.js';
import { Networks } from './networks.js';
import { MOST_CLAUSES, MOST_ENTRIES, partsOf, sizeOf } from './normal-form.js';
import type { VnnlibProperty } from './property.js';
import { Scanner } from './scanner.js';

const first = 'a property is a list of declarations and (assert ...)';

/** @param file only named in errors. @throws UserError INVALID_PROPERTY with file:line:column */
export function parseVnnlib(text: string, file: string): VnnlibProperty {
  const scanner = new Scanner({ text, file });
  const version = versionOf(scanner);
  const table = new Comparisons();
  const declaring = version === '2.0' ? new Networks() : new FlatVariables();
  const formula = assertionsOf(scanner, declaring, table);
  return { file, version, ...normalised(scanner, declaring.finish(scanner), formula, table) };
}

/** Takes (vnnlib-version <2.0>), without which a file is in the older language. */
function versionOf(scanner: Scanner): '1.0' | '2.0' {
  const { text } = scanner.source;
  if (
    scanner.kind !== 'open' ||
    !/^\(\s*vnnlib-version\b/.test(text.slice(scanner.start, scanner.start + 60))
  )
    return '1.0';
  const opened = scanner.open('the version', first);
  scanner.next();
  const place = scanner.start;
  const hint = 'write (vnnlib-version <2.0>), or nothing for VNN-LIB 1.0';
  const version = scanner.take('a version', hint);
  if (!/^<2\.\d+>$/.test(version))
    throw scanner.error(`version ${show(version)} is not supported`, hint, place);
  scanner.close(opened, '"vnnlib-version" takes one version', hint);
  return '2.0';
}

/** Reads all commands; the conjunction of the assertions. */
function assertionsOf(scanner: Scanner, declaring: Declaring, table: Comparisons): Formula {
  const assertions: Formula[] = [];
  while (scanner.kind !== 'end') {
    const { opened, command, place } = commandOf(scanner);
    if (command === declaring.command) {
      if (declaring.comesFirst && assertions.length > 0)
        throw scanner.error('a declaration after an assertion', 'declare all networks first', place);
      declaring.declare(scanner, opened);
    } else if (command === 'assert') {
      assertions.push(readCondition(scanner, declaring.resolve, table));
      scanner.close(
        opened,
        'an assertion has one condition',
        'join several by (and ...); or the ")" that closes this one is missing',
      );
    } else throw unknown(scanner, command, place, [declaring.command, 'assert']);
  }
  return joined('and', assertions);
}

function commandOf(scanner: Scanner): { opened: number; command: string; place: number } {
  if (scanner.kind === 'close')
    throw scanner.error('this ")" closes nothing', 'remove it, or add the "(" that is missing');
  const opened = scanner.open('a command in parentheses', first);
  const place = scanner.start;
  return { opened, place, command: scanner.take('a command', first) };
}

function unknown(scanner: Scanner, command: string, place: number, known: readonly string[]): Error {
  const elsewhere: Readonly<Record<string, string>> = {
    'declare-network': 'networks are VNN-LIB 2.0: begin the file with (vnnlib-version <2.0>)',
    'declare-const': 'constants are VNN-LIB 1.0: remove the line with vnnlib-version, or declare a network',
    'vnnlib-version': 'the version is the first thing in the file',
  };
  const hint = elsewhere[command] ?? first;
  return scanner.error(`unknown command "${command}"${suggest(command, known, 'known are')}`, hint, place);
}

function normalised(scanner: Scanner, declarations: Declarations, formula: Formula, table: Comparisons) {
  const { networks, inputSize, outputSize } = declarations;
  const { single, disjunctions } = partsOf(formula);
  const size = sizeOf({ join: 'and', parts: disjunctions });
  // Bounds outside of "or" are in the common box; constraints are listed again in every disjunct.
  const repeated = single.filter((at) => table.sides[at] === 0).length;
  const entries = size.entries + size.clauses * repeated;
  const fewer = 'split the property into several files';
  if (size.clauses > MOST_CLAUSES || entries > MOST_ENTRIES)
    throw scanner.error(
      `"and" over "or" makes ${size.clauses} disjuncts of ${entries} comparisons in all; ${MOST_CLAUSES} and ${MOST_ENTRIES} are supported`,
      fewer,
      0,
    );
  const { disjuncts, empty } = disjunctsOf(formula, table, inputSize, {
    unbounded({ input, side }) {
      const { name, declaredAt } = declarations.inputAt(input);
      const sign = side === 'lower' ? '>=' : '<=';
      const where = size.clauses > 1 ? ', at least in one of the disjuncts' : '';
      throw scanner.error(
        `${name} has no ${side} bound${where}`,
        `every input needs both: (assert (${sign} ${name} ...))`,
        declaredAt,
      );
    },
    tooLarge() {
      throw scanner.error(
        `the boxes of ${size.clauses} disjuncts over ${inputSize} inputs take too much memory`,
        fewer,
        0,
      );
    },
  });
  return { networks, inputSize, outputSize, disjuncts, emptyDisjuncts: empty };
}
