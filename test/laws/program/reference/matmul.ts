// Matrix product by its definition.
import { broadcastShape, type Dense, dense, getBroadcast, nth } from './dense.js';

export function matmul(a: Dense, b: Dense): Dense {
  const [m, k] = a.shape.slice(-2);
  const n = nth(b.shape, b.shape.length - 1);
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return dense([...batch, m ?? 1, n], (index) => {
    const [row = 0, column = 0] = index.slice(-2);
    const leading = index.slice(0, -2);
    let sum = 0;
    for (let at = 0; at < (k ?? 1); at++)
      sum += getBroadcast(a, [...leading, row, at]) * getBroadcast(b, [...leading, at, column]);
    return sum;
  });
}
