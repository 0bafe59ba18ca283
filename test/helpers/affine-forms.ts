// Plain float64 affine arithmetic of perceptrons with Relu, written without the engine: one symbol for each input, all that is relaxed as an
// interval. No rounding is accounted for.
import type { Dense } from './mlps.js';

type Vector = readonly number[];
type Sides = { readonly lower: Vector; readonly upper: Vector };
/** center + sum of slopes [neurons][inputs] times e within [-1, 1], within radius. */
type Form = { readonly center: Vector; readonly slopes: readonly Vector[]; readonly radius: Vector };

const sum = (values: Vector): number => values.reduce((all, value) => all + value, 0);

function throughLayer({ weight, bias }: Dense, { center, slopes, radius }: Form): Form {
  const [inputs = 0, outputs = 0] = weight.shape;
  const from = Array.from({ length: inputs }, (_, z) => z);
  const w = (z: number, y: number) => weight.data[z * outputs + y] ?? 0;
  const to = Array.from({ length: outputs }, (_, y) => y);
  return {
    center: to.map((y) => (bias?.data[y] ?? 0) + sum(from.map((z) => w(z, y) * (center[z] ?? 0)))),
    slopes: to.map((y) =>
      (slopes[0] ?? []).map((_, k) => sum(from.map((z) => w(z, y) * (slopes[z]?.[k] ?? 0)))),
    ),
    radius: to.map((y) => sum(from.map((z) => Math.abs(w(z, y)) * (radius[z] ?? 0)))),
  };
}

/** Interval bounds of the layer from those of what it reads. */
function image({ weight, bias }: Dense, { lower, upper }: Sides): Sides {
  const [inputs = 0, outputs = 0] = weight.shape;
  const side = (isUpper: boolean) =>
    Array.from({ length: outputs }, (_, y) => {
      let total = bias?.data[y] ?? 0;
      for (let z = 0; z < inputs; z++) {
        const w = weight.data[z * outputs + y] ?? 0;
        total += w * ((w > 0 === isUpper ? upper[z] : lower[z]) ?? 0);
      }
      return total;
    });
  return { lower: side(false), upper: side(true) };
}

/** Where the interval is narrower than the radius, it takes the place of the form. */
function rebased({ center, slopes, radius }: Form, { lower, upper }: Sides): Form {
  const half = radius.map((_, y) => ((upper[y] ?? 0) - (lower[y] ?? 0)) / 2);
  const isKept = radius.map((own, y) => own <= (half[y] ?? 0));
  return {
    center: center.map((own, y) => (isKept[y] ? own : (lower[y] ?? 0) + (half[y] ?? 0))),
    slopes: slopes.map((own, y) => (isKept[y] ? own : own.map(() => 0))),
    radius: radius.map((own, y) => (isKept[y] ? own : (half[y] ?? 0))),
  };
}

function relu({ center, slopes, radius }: Form, { lower, upper }: Sides): Form {
  const lines = lower.map((l, y) => {
    const u = upper[y] ?? 0;
    if (l >= 0) return { slope: 1, shift: 0 };
    if (u <= 0) return { slope: 0, shift: 0 };
    const slope = u / (u - l);
    return { slope, shift: (-slope * l) / 2 };
  });
  return {
    center: lines.map(({ slope, shift }, y) => slope * (center[y] ?? 0) + shift),
    slopes: lines.map(({ slope }, y) => (slopes[y] ?? []).map((own) => slope * own)),
    radius: lines.map(({ slope, shift }, y) => slope * (radius[y] ?? 0) + shift),
  };
}

/** Bounds of every layer's result, before its Relu. */
export function affineBounds(layers: readonly Dense[], box: Sides): Sides[] {
  let form: Form = {
    center: box.lower.map((low, i) => (low + (box.upper[i] ?? 0)) / 2),
    slopes: box.lower.map((low, i) =>
      box.lower.map((_, k) => (i === k ? ((box.upper[i] ?? 0) - low) / 2 : 0)),
    ),
    radius: box.lower.map(() => 0),
  };
  let interval = box;
  return layers.map((layer) => {
    form = throughLayer(layer, form);
    const own = image(layer, interval);
    const reach = form.radius.map((radius, y) => radius + sum((form.slopes[y] ?? []).map(Math.abs)));
    const bounds = {
      lower: own.lower.map((low, y) => Math.max(low, (form.center[y] ?? 0) - (reach[y] ?? 0))),
      upper: own.upper.map((high, y) => Math.min(high, (form.center[y] ?? 0) + (reach[y] ?? 0))),
    };
    form = relu(rebased(form, own), bounds);
    interval = {
      lower: bounds.lower.map((low) => Math.max(low, 0)),
      upper: bounds.upper.map((high) => Math.max(high, 0)),
    };
    return bounds;
  });
}
