// How many elements of each hidden value of a box are bounded by rows, where all would take minutes.

/** Bytes of coefficients of one box, one call after the other, unless more is given. */
export const usualBytesPerBox = 2 ** 35;
/** What two threads of 2025 compute. */
export const bytesPerSecond = 2 ** 30;

const fewestElements = 64;
/** Early values may take more than an even share: they are bounded cheaply, and all later bounds depend on theirs. */
const ahead = 2;

export type Budget = {
  /** Elements of the next value, at most. */
  affordable(bytesPerElement: number): number;
  /** Ends the next value. */
  spend(bytes: number): void;
};

/** @param values how many will come */
export function createBudget(bytes: number, values: number): Budget {
  let [left, open] = [bytes, values];
  return {
    affordable: (bytesPerElement) => {
      const share = Math.min(left, (ahead * left) / Math.max(open, 1));
      return Math.max(fewestElements, Math.floor(share / bytesPerElement));
    },
    spend: (spent) => {
      left = Math.max(0, left - spent);
      open--;
    },
  };
}
