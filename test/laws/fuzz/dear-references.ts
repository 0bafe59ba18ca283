// Surprise and layer covariance as their papers have them: float64, one input at a time.

export type Traced = {
  /** Activations, layer by layer. */
  readonly layers: readonly (readonly number[])[];
  /** Of the last hidden layer. */
  readonly trace: readonly number[];
  /** Class that the model gives. */
  readonly label: number;
};

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const column = (rows: readonly (readonly number[])[], at: number): number[] =>
  rows.map((row) => row[at] ?? Number.NaN);
const variance = (values: readonly number[]): number =>
  mean(values.map((value) => (value - mean(values)) ** 2));
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt(sum(a.map((value, at) => (value - (b[at] ?? Number.NaN)) ** 2)));

/** Kim et al., section 3.2, equations 1 and 2, with a diagonal bandwidth matrix by Scott's rule. */
export function likelihoodSurpriseOf(data: readonly Traced[], { trace, label }: Traced): number | undefined {
  const traces = data.map((one) => one.trace);
  const varying = [...trace.keys()].filter((at) => variance(column(traces, at)) > 1e-5);
  const bandwidths = varying.map(
    (at) => Math.sqrt(variance(column(traces, at))) * data.length ** (-1 / (varying.length + 4)),
  );
  const alike = data.filter((one) => one.label === label);
  if (alike.length === 0) return undefined;
  const kernels = alike.map((one) =>
    varying.reduce((product, at, place) => {
      const width = bandwidths[place] ?? Number.NaN;
      const z = ((trace[at] ?? Number.NaN) - (one.trace[at] ?? Number.NaN)) / width;
      return product * (Math.exp((-z * z) / 2) / (width * Math.sqrt(2 * Math.PI)));
    }, 1),
  );
  const density = mean(kernels);
  // Below the smallest float64 the plain formula says nothing.
  return density > 1e-290 ? -Math.log(density) : undefined;
}

/** Kim et al., section 3.3, equations 3 to 5. */
export function distanceSurpriseOf(data: readonly Traced[], { trace, label }: Traced): number | undefined {
  const nearest = (to: readonly number[], among: readonly Traced[]) =>
    among.toSorted((a, b) => distance(to, a.trace) - distance(to, b.trace))[0];
  const same = nearest(
    trace,
    data.filter((one) => one.label === label),
  );
  const other =
    same &&
    nearest(
      same.trace,
      data.filter((one) => one.label !== label),
    );
  if (same === undefined || other === undefined) return undefined;
  const [a, b] = [distance(trace, same.trace), distance(same.trace, other.trace)];
  // Relative to the size of the traces, shorter distances are rounding.
  return b > 1e-2 ? a / b : undefined;
}

/** sqrt((x - m)^T S^-1 (x - m)), by elimination; a thousandth of the mean variance is added to each. */
export function mahalanobisSurpriseOf(data: readonly Traced[], { trace }: Traced): number {
  const traces = data.map((one) => one.trace);
  const means = trace.map((_, at) => mean(column(traces, at)));
  const ridge = 1e-3 * mean(trace.map((_, at) => variance(column(traces, at)))) || 1;
  const covariance = covarianceOf(traces).map((row, at) =>
    row.map((value, other) => value + (at === other ? ridge : 0)),
  );
  const difference = trace.map((value, at) => value - (means[at] ?? Number.NaN));
  const solved = solve(covariance, difference);
  return Math.sqrt(sum(difference.map((value, at) => value * (solved[at] ?? Number.NaN))));
}

/** Gauss and Jordan. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? Number.NaN]);
  rows.forEach((pivot, at) => {
    const scale = pivot[at] ?? Number.NaN;
    pivot.forEach((value, place) => {
      pivot[place] = value / scale;
    });
    rows.forEach((row, other) => {
      if (other === at) return;
      const factor = row[at] ?? Number.NaN;
      row.forEach((value, place) => {
        row[place] = value - factor * (pivot[place] ?? Number.NaN);
      });
    });
  });
  return rows.map((row) => row.at(-1) ?? Number.NaN);
}

function covarianceOf(rows: readonly (readonly number[])[]): number[][] {
  const columns = (rows[0] ?? []).map((_, at) => column(rows, at));
  return columns.map((a) =>
    columns.map((b) => mean(a.map((value, row) => (value - mean(a)) * ((b[row] ?? Number.NaN) - mean(b))))),
  );
}

/** Yuan et al., section 4: the sum over layers of |covariance|_1 / m^2. */
export function layerCovarianceOf(data: readonly (readonly (readonly number[])[])[]): number {
  return sum(
    (data[0] ?? []).map((_, layer) =>
      mean(
        covarianceOf(data.map((one) => one[layer] ?? []))
          .flat()
          .map(Math.abs),
      ),
    ),
  );
}
