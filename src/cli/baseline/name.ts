// What the baseline's file is called. Alone, so that help texts load no more than that.
export const baselineName = 'marauder-baseline.json';
