// Faults with known ground truth: the input is ten groups of sixteen elements in [0, 1], and a fault lies exactly where the means
// of its groups all pass their thresholds, some from below and some from above.

export const GROUPS = 10;
export const GROUP_SIZE = 16;
export const INPUTS = GROUPS * GROUP_SIZE;
/** A bright group has a greater mean than this, a dark one a mean below 1 minus this. */
export const THRESHOLD = 0.75;
/** The network's detectors rise from 0 to 1 over this much of a mean beyond the threshold. */
export const SOFTNESS = 2 ** -10;

export type Condition = { readonly group: number; readonly wants: 'bright' | 'dark' };
/** Disjoint groups, so that the faults are independent. Each next one needs one condition more at the same time. */
export const faults: readonly (readonly Condition[])[] = [
  [{ group: 0, wants: 'bright' }],
  [
    { group: 1, wants: 'bright' },
    { group: 2, wants: 'dark' },
  ],
  [
    { group: 3, wants: 'dark' },
    { group: 4, wants: 'bright' },
    { group: 5, wants: 'dark' },
  ],
  [
    { group: 6, wants: 'bright' },
    { group: 7, wants: 'dark' },
    { group: 8, wants: 'bright' },
    { group: 9, wants: 'dark' },
  ],
];

/** How far beyond its threshold a condition is; negative where it does not hold. */
export function excess({ group, wants }: Condition, input: ArrayLike<number>): number {
  let sum = 0;
  for (let at = group * GROUP_SIZE; at < (group + 1) * GROUP_SIZE; at++) sum += input[at] ?? Number.NaN;
  const mean = sum / GROUP_SIZE;
  return wants === 'bright' ? mean - THRESHOLD : 1 - THRESHOLD - mean;
}

export type Truth = 'present' | 'absent' | 'at the edge';

/** Whether the input is in a fault's region: at the edge the detectors are neither off nor on, and nothing is claimed. */
export function truthOf(fault: readonly Condition[], input: ArrayLike<number>): Truth {
  const least = Math.min(...fault.map((condition) => excess(condition, input)));
  // Float32 sums of sixteen numbers below 1 are exact to less than a thousandth of the softness.
  if (least < -SOFTNESS / 1000) return 'absent';
  return least > 1.001 * SOFTNESS ? 'present' : 'at the edge';
}

/** Chance that a uniform draw from the box lies in the fault's region, its edge counted in. */
export const volumeOf = (fault: readonly Condition[]): number =>
  irwinHall(GROUP_SIZE, GROUP_SIZE * (1 - THRESHOLD)) ** fault.length;

/** Chance that the sum of n uniform numbers is below x: sum over k of (-1)^k C(n, k) (x - k)^n / n!. */
export function irwinHall(n: number, x: number): number {
  let [sum, choose, factorial] = [0, 1, 1];
  for (let k = 0; k <= Math.floor(x); k++) {
    sum += (k % 2 === 0 ? 1 : -1) * choose * (x - k) ** n;
    choose = (choose * (n - k)) / (k + 1);
  }
  for (let k = 2; k <= n; k++) factorial *= k;
  return sum / factorial;
}
