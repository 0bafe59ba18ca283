// Every mistake is found where it was made.
import { expect, test } from 'vitest';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import { failureOf } from '../helpers.js';

const declared = '(declare-const X_0 Real)\n(declare-const X_1 Real)\n(declare-const Y_0 Real)\n';
const box = '(assert (and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1)))\n';
/** Line 4 of a file of VNN-LIB 1.0. */
const flat = (line: string) => `${declared}${line}\n${box}`;
/** Line 3 of a file of VNN-LIB 2.0. */
const tensors = (line: string) =>
  `(vnnlib-version <2.0>)\n(declare-network f (declare-input X float32 [2,3]) (declare-output Y float32 [2]))\n${line}`;
const network = (body: string) => `(vnnlib-version <2.0>)\n(declare-network f ${body})`;
const deep = (inner: string) => `(assert ${'(and '.repeat(600)}${inner}${')'.repeat(600)})`;
const many = Array.from({ length: 7 }, (_, at) => `(assert (or ${`(<= Y_0 ${at}) `.repeat(20)}))`).join('\n');
/** 1,000,000 disjuncts, each of two comparisons of its own. */
const wide = `(and ${`(or ${'(<= Y_0 1) '.repeat(1000)}) `.repeat(2)})`;

const cases: [text: string, place: string, problem: RegExp, hint: RegExp][] = [
  [flat('(assert (<= X_2 0))'), '4:13', /"X_2" is not declared/, /X_0 to X_1/],
  [flat('(assert (<= Z 0))'), '4:13', /"Z" is not declared/, /X_0 to X_1/],
  [flat('(assert (<= X[0] 0))'), '4:13', /"X" is not declared/, /vnnlib-version/],
  [flat('(assert (<= X_0))'), '4:9', /"<=" compares two/, /\(<= a b\)/],
  [flat('(assert (<= X_0 1 2))'), '4:19', /"<=" compares two expressions, found "2"/, /\(<= a b\)/],
  [flat('(assert (=> X_0 1))'), '4:10', /unknown operator "=>"/, /or/],
  [flat('(assert (not (<= X_0 1)))'), '4:10', /unknown operator "not"/, /turn the comparison round/],
  [flat('(assert (annd (<= X_0 1)))'), '4:10', /did you mean "and"/, /condition/],
  [flat('(assert (<= X_0 1)'), '5:1', /an assertion has one condition, found "\("/, /closes/],
  [flat('(assert (and))'), '4:9', /"and" without conditions/, /and/],
  [flat('(assert (or (<= X_0 1) X_0))'), '4:24', /"or" joins conditions, found "X_0"/, /condition/],
  [flat('(assert X_0)'), '4:9', /expected a condition, found "X_0"/, /condition/],
  [flat('(assert (<= X_0 1) (<= X_1 1))'), '4:20', /an assertion has one condition/, /and/],
  [flat('(assert (<= (* X_0 2 Y_0) 1))'), '4:22', /product of variables/, /linear/],
  [flat('(assert (<= (/ X_0 2) 1))'), '4:14', /unknown operator "\/"/, /expression/],
  [flat('(assert (<= (+) 1))'), '4:13', /"\+" without operands/, /expression/],
  [flat('(assert (<= () 1))'), '4:14', /expected \+, - or \*/, /expression/],
  [flat('(assert (<= X_0 0x10))'), '4:17', /"0x10" is no number/, /written like/],
  [flat('(assert (<= X_0 1e999))'), '4:17', /too great/, /greatest number/],
  [flat('(assert (<= (* 1e300 1e300 Y_0) 1))'), '4:9', /overflow/, /smaller/],
  [flat('(assert (<= X_0 "a"))'), '4:17', /expected an expression, found/, /expression/],
  [flat('(assert (<= X_0 "a))'), '4:17', /string never ends/, /quotation/],
  [flat('(assert (<= X_0 1))) ; one too many'), '4:20', /closes nothing/, /remove/],
  [flat('check-sat'), '4:1', /expected a command in parentheses, found "check-sat"/, /assert/],
  [flat('(check-sat)'), '4:2', /unknown command "check-sat"/, /assert/],
  [flat('(declare-network f)'), '4:2', /unknown command "declare-network"/, /begin the file/],
  [flat('(declare-const X_0 Real)'), '4:16', /X_0 is declared twice/, /remove/],
  [flat('(declare-const Z_0 Real)'), '4:16', /"Z_0" is neither X_i nor Y_i/, /declare-const/],
  [flat('(declare-const X_02 Real)'), '4:16', /"X_02" is neither/, /declare-const/],
  [flat('(declare-const X_2 Int)'), '4:20', /unknown type "Int"/, /Real/],
  [flat('(declare-const X_9 Real)'), '4:16', /X_2 is not declared, but X_9 is/, /every element/],
  [flat('(declare-const X_99999999 Real)'), '4:16', /index over/, /declare-const/],
  [`${declared}(assert (<= X_0 1`, '4:9', /never closed/, /"\)"/],
  [`${declared}(assert (or (<= X_0 1)`, '4:9', /never closed/, /"\)"/],
  [`${declared}(assert (<= X_0 (+ 1`, '4:17', /never closed/, /"\)"/],
  [`${declared}(assert (<= X_0 1)`, '4:1', /never closed/, /"\)"/],
  [`${declared}(assert (and (>= X_0 0) (<= X_0 1) (<= X_1 1)))`, '2:16', /X_1 has no lower bound$/, />= X_1/],
  [`${declared}(assert (and (>= X_0 0) (>= X_1 0) (<= X_1 1)))`, '1:16', /X_0 has no upper bound$/, /<= X_0/],
  [
    `${declared}${box.replace('(<= X_1 1)', '(or (<= X_1 1) (<= Y_0 1))')}`,
    '2:16',
    /at least in one/,
    /<= X_1/,
  ],
  ['(declare-const X_0 Real)', '1:25', /no output is declared/, /declare-const/],
  ['', '1:1', /no input is declared/, /declare-const/],
  [`${declared}${deep('(<= X_0 1)')}`, `4:${9 + 5 * 501}`, /nested more than 500/, /flatten/],
  [`${declared}${box}${many}`, '1:1', /makes 1280000000 disjuncts/, /split/],
  [
    `${declared}${box}${'(assert (<= Y_0 X_0))\n'.repeat(40)}(assert ${wide})`,
    '1:1',
    /comparisons in all/,
    /split/,
  ],
  ['(vnnlib-version <3.0>)', '1:17', /"<3.0>" is not supported/, /<2.0>/],
  ['\n(vnnlib-version 2.0)', '2:17', /"2.0" is not supported/, /<2.0>/],
  [tensors('(assert (<= X[0,3] 1))'), '3:13', /X\[0,3\] lies outside the shape \[2,3\]/, /X\[1,2\]/],
  [tensors('(assert (<= X[0] 1))'), '3:13', /2 dimensions, \[2,3\], but 1 indices/, /X\[0,0\]/],
  [tensors('(assert (<= X 1))'), '3:13', /but 0 indices/, /X\[0,0\]/],
  [tensors('(assert (<= X[0,-1] 1))'), '3:17', /"-1" is no whole number/, /\[0,3\]/],
  [tensors('(assert (<= X[0 1] 1))'), '3:17', /expected "," or "\]"/, /\[0,3\]/],
  [tensors('(assert (<= X_0 1))'), '3:13', /"X_0" is not declared/, /X\[0,3\]/],
  [tensors('(assert (<= X[0,1] 1))'), '2:35', /X\[0,0\] has no lower bound/, />= X\[0,0\]/],
  [tensors('(declare-const X_0 Real)'), '3:2', /unknown command/, /VNN-LIB 1.0/],
  [tensors('(assert (<= Y[0] 1))\n(declare-network g)'), '4:2', /after an assertion/, /first/],
  ['(vnnlib-version <2.0>)', '1:23', /no network is declared/, /declare-network/],
  [network('(declare-input X float32 [1])'), '2:1', /f has no output/, /declare-output/],
  [network('(declare-input X floot32 [1])'), '2:37', /did you mean "float32"/, /declare-input/],
  [network('(declare-input X float32)'), '2:44', /expected the shape/, /scalar/],
  [network('(declare-input X float32 [0])'), '2:35', /shape of 0 elements/, /supported/],
  [network('(declare-input X float32 [1)'), '2:47', /expected "," or "\]"/, /shapes/],
  [network('(declare-input 1X float32 [1])'), '2:35', /"1X" is no name/, /letter/],
  [network('(declare-hidden X float32 [1])'), '2:36', /which value of the graph/, /ONNX/],
  [network('(declare-inptu X float32 [1])'), '2:21', /did you mean "declare-input"/, /declare-input/],
  [
    network('(declare-output Y real [1]) (declare-input X real [1])'),
    '2:49',
    /after "declare-output"/,
    /first/,
  ],
  [
    network('(declare-input X real [1]) (declare-output X real [1])'),
    '2:63',
    /X is declared twice/,
    /own name/,
  ],
  [
    network('(declare-input X real [1] "x") (declare-output Y real [1])'),
    '2:67',
    /Y has no ONNX name/,
    /or none/,
  ],
  [tensors('(declare-network f)'), '3:18', /f is declared twice/, /own name/],
  [network('(equal-to g) (declare-input X real [1])'), '2:30', /no network "g"/, /first/],
  [
    tensors(
      '(declare-network g (equal-to f) (declare-input A float32 [2,3]) (declare-output B float32 [2]))\n(declare-network h (isomorphic-to g) (declare-input C real [2,3]) (declare-output D real [2]))',
    ),
    '4:35',
    /g is itself equal-to f/,
    /name f/,
  ],
  [network('(declare-input X real [1]) (equal-to f)'), '2:48', /before the inputs/, /declare-input/],
  [
    tensors(
      '(declare-network g (equal-to f) (declare-input A float32 [3,2]) (declare-output B float32 [2]))',
    ),
    '3:1',
    /g is equal-to f, but/,
    /same shapes and types/,
  ],
  [
    tensors(
      '(declare-network g (isomorphic-to f) (declare-input A real [2,3]) (declare-output B real [1,2]))',
    ),
    '3:1',
    /g is isomorphic-to f, but/,
    /same shapes, in/,
  ],
  [
    tensors('(declare-network g (equal-to f) (declare-input A real [2,3]) (declare-output B real [2]))'),
    '3:1',
    /g is equal-to f, but/,
    /same shapes and types/,
  ],
];

test.each(cases.map(([text, place, problem, hint]) => ({ text, place, problem, hint })))(
  '$place $problem',
  async ({ text, place, problem, hint }) => {
    expect(await failureOf(() => parseVnnlib(text, 'p.vnnlib'))).toMatchObject({
      code: 'INVALID_PROPERTY',
      where: `p.vnnlib:${place}`,
      problem: expect.stringMatching(problem),
      hint: expect.stringMatching(hint),
    });
  },
);
