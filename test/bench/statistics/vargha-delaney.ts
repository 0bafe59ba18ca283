// How large a difference is, whatever its significance: Vargha and Delaney, A Critique and Improvement of the CL Common Language
// Effect Size Statistics of McGraw and Wong, 2000. Asked for by Arcuri and Briand, ICSE 2011, and Klees et al., Evaluating Fuzz
// Testing, CCS 2018.
import { ranksOf } from './ranks.js';

/** A12: the probability that a value of the first sample is the greater, equal ones counting half. 0.5: no difference. */
export function varghaDelaney(a: readonly number[], b: readonly number[]): number {
  const u = ranksOf(a, b).rankSum - (a.length * (a.length + 1)) / 2;
  return u / (a.length * b.length);
}

export type Magnitude = 'negligible' | 'small' | 'medium' | 'large';

/** In the words of the paper: 0.56 is small, 0.64 medium, 0.71 large, and the same below 0.5. */
export function magnitudeOf(a12: number): Magnitude {
  const distance = Math.abs(a12 - 0.5);
  // 0.56 - 0.5 is 0.06 and a little more, 0.64 - 0.5 a little more than 0.14; a hair of tolerance keeps the marks symmetric.
  const reaches = (mark: number) => distance > mark - 1e-9;
  if (reaches(0.21)) return 'large';
  if (reaches(0.14)) return 'medium';
  return reaches(0.06) ? 'small' : 'negligible';
}
