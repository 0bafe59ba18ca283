// Convolutions and pooling by their definitions in the ONNX specification. Padding is what lies outside of x.
import { count, type Dense, dense, flatIndex, get, type Index, indices, nth } from './dense.js';

export type Geometry = {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
};

const spatial = (x: Dense) => x.shape.slice(2);

/** Where tap `tap` of the window at output position `out` reads, undefined in the padding. */
function source(size: readonly number[], out: Index, tap: Index, g: Geometry): number[] | undefined {
  const place = out.map(
    (at, axis) => at * nth(g.strides, axis) + nth(tap, axis) * nth(g.dilations, axis) - nth(g.pads, axis),
  );
  return place.every((at, axis) => at >= 0 && at < nth(size, axis)) ? place : undefined;
}

export const outputSize = (size: readonly number[], kernel: readonly number[], g: Geometry): number[] =>
  size.map((length, axis) => {
    const padded = length + nth(g.pads, axis) + nth(g.pads, axis + size.length);
    const reach = (nth(kernel, axis) - 1) * nth(g.dilations, axis) + 1;
    return Math.floor((padded - reach) / nth(g.strides, axis)) + 1;
  });

export function conv(x: Dense, w: Dense, g: Geometry, group: number): Dense {
  const [filters = 1, channels = 1] = w.shape;
  const shape = [nth(x.shape, 0), filters, ...outputSize(spatial(x), spatial(w), g)];
  return dense(shape, ([n = 0, filter = 0, ...out]) => {
    const first = Math.floor(filter / (filters / group)) * channels;
    let sum = 0;
    for (const tap of indices(spatial(w))) {
      const place = source(spatial(x), out, tap, g);
      if (place === undefined) continue;
      for (let c = 0; c < channels; c++)
        sum += get(x, [n, first + c, ...place]) * get(w, [filter, c, ...tap]);
    }
    return sum;
  });
}

/** Every input element adds its multiple of the kernel to the output, as the transpose of conv. */
export function convTranspose(x: Dense, w: Dense, g: Geometry, group: number, extra: Index): Dense {
  const [channels = 1, filters = 1] = w.shape;
  const size = spatial(x).map((length, axis) => {
    const reach = (nth(spatial(w), axis) - 1) * nth(g.dilations, axis) + 1;
    const cut = nth(g.pads, axis) + nth(g.pads, axis + spatial(x).length);
    return (length - 1) * nth(g.strides, axis) + reach - cut + nth(extra, axis);
  });
  const shape = [nth(x.shape, 0), filters * group, ...size];
  const data = new Array<number>(count(shape)).fill(0);
  for (const [n = 0, channel = 0, ...at] of indices(x.shape)) {
    const first = Math.floor(channel / (channels / group)) * filters;
    for (const tap of indices(spatial(w))) {
      const place = source(size, at, tap, g);
      if (place === undefined) continue;
      for (let filter = 0; filter < filters; filter++) {
        const to = flatIndex(shape, [n, first + filter, ...place]);
        data[to] = nth(data, to) + get(x, [n, channel, ...at]) * get(w, [channel, filter, ...tap]);
      }
    }
  }
  return { shape, data };
}

/** Places, in the flattened input, of the first greatest element of each window. */
export function maxPoolIndices(x: Dense, kernel: readonly number[], g: Geometry): Dense {
  const shape = [...x.shape.slice(0, 2), ...outputSize(spatial(x), kernel, g)];
  return dense(shape, ([n = 0, c = 0, ...out]) => {
    const places = indices(kernel).flatMap((tap) => {
      const place = source(spatial(x), out, tap, g);
      return place === undefined ? [] : [flatIndex(x.shape, [n, c, ...place])];
    });
    return places.reduce((best, place) => (nth(x.data, place) > nth(x.data, best) ? place : best));
  });
}

export function channelMeans(x: Dense): Dense {
  const shape = [...x.shape.slice(0, 2), ...spatial(x).map(() => 1)];
  return dense(shape, ([n = 0, c = 0]) => {
    const values = indices(spatial(x)).map((place) => get(x, [n, c, ...place]));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

export function maxPool(x: Dense, kernel: readonly number[], g: Geometry): Dense {
  const places = maxPoolIndices(x, kernel, g);
  return { shape: places.shape, data: places.data.map((place) => nth(x.data, place)) };
}
