// In which unit the model wants its inputs: what is stored may be 0 to 255 where it was trained on 0 to 1. Where there are labels, the
// unit in which the model is right most often; otherwise what is usual.
import { rowLength, type Shape, sameShape } from '../../base/shape.js';
import { float32 } from '../../base/tensor.js';
import type { Layout, PerChannel } from '../../graph/preprocessing.js';
import type { Dataset } from '../../policy/dataset.js';
import { argMax } from '../../policy/judge.js';
import { percent } from '../../report/words.js';
import type { OpenModel } from '../check/models.js';
import { runOne } from '../check/models.js';

export type Unit = {
  readonly words: string;
  /** Of the data set. */
  readonly scale: number;
  /** Of the model, in front of it. */
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
};

export type Stored = { readonly least: number; readonly most: number; readonly whole: boolean };

export function storedRange({ inputs: { data } }: Dataset): Stored {
  let [least, most, whole] = [Infinity, -Infinity, true];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    whole &&= Number.isInteger(value);
  }
  return { least, most, whole };
}

const asStored: Unit = { words: 'as stored', scale: 1 };

/** Rows of as many whole numbers from 0 to 255 are pixels, whatever their axes. */
const manyElements = 64;

/**
 * The usual ones first.
 * @param size elements of a row
 * @param image number of its channels, where it is one
 */
export function candidates({ least, most, whole }: Stored, size: number, image: number | undefined): Unit[] {
  const levels = whole && least >= 0 && most > 1 && most <= 255 ? (most <= 16 ? 16 : 255) : undefined;
  const channels = image ?? (levels !== undefined && size >= manyElements ? 1 : undefined);
  if (channels === undefined) return [asStored];
  if (levels !== undefined) {
    const scale = 1 / levels;
    return [
      { words: `times 1/${levels}`, scale },
      asStored,
      ...normalised(scale, `times 1/${levels}`, channels),
    ];
  }
  return least >= 0 && most <= 1 ? [asStored, ...normalised(1, 'as stored', channels)] : [asStored];
}

/** Means and deviations that training scripts use. */
function normalised(scale: number, words: string, channels: number | undefined): Unit[] {
  const unit = (name: string, mean: PerChannel, std: PerChannel): Unit => ({
    words: `${words}, normalised as ${name}`,
    scale,
    mean,
    std,
  });
  const one = channels === 1 ? [unit('for MNIST', 0.1307, 0.3081)] : [];
  const three =
    channels === 3
      ? [
          unit('for ImageNet', [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
          unit('for CIFAR-10', [0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616]),
        ]
      : [];
  return [unit('to -1..1', 0.5, 0.5), ...one, ...three];
}

export type Chosen = {
  readonly unit: Unit;
  /** Share of the rows looked at whose class is the label; undefined without labels. */
  readonly accuracy: number | undefined;
  readonly comments: readonly string[];
};

const rowsTried = 100;
/** Of accuracy: by less than this, chance may decide, and the usual unit stays. */
const clearly = 0.05;

export async function chooseUnit(
  model: OpenModel,
  rows: Dataset,
  layout: Layout | undefined,
  units: readonly Unit[],
): Promise<Chosen> {
  const [usual = asStored] = units;
  if (rows.labels === undefined) {
    const others =
      units.length > 1 ? ['guessed: without labels nothing says which unit the model wants'] : [];
    return { unit: usual, accuracy: undefined, comments: others };
  }
  const measured: { unit: Unit; accuracy: number }[] = [];
  for (const unit of units) measured.push({ unit, accuracy: await accuracyIn(unit, model, rows, layout) });
  const usualAccuracy = measured[0]?.accuracy ?? 0;
  const best = measured.reduce((a, b) => (b.accuracy > a.accuracy ? b : a), {
    unit: usual,
    accuracy: usualAccuracy,
  });
  const chosen = best.accuracy >= usualAccuracy + clearly ? best : { unit: usual, accuracy: usualAccuracy };
  const others = measured.filter(({ unit }) => unit !== chosen.unit);
  const words = others.map(({ unit, accuracy }) => `${percent(accuracy)} ${unit.words}`).join('; ');
  return { ...chosen, comments: words === '' ? [] : [`right in ${percent(chosen.accuracy)}; ${words}`] };
}

async function accuracyIn(
  unit: Unit,
  model: OpenModel,
  rows: Dataset,
  layout: Layout | undefined,
): Promise<number> {
  const size = rowLength(rows.inputs.shape);
  const stated = rows.inputs.shape.slice(1);
  const count = Math.min(rowsTried, rows.inputs.shape[0] ?? 0);
  let right = 0;
  for (let row = 0; row < count; row++) {
    const values = rows.inputs.data.slice(row * size, (row + 1) * size);
    const input = moved(converted(values, unit, stated, layout), stated, layout);
    if (argMax(await runOne(model, input)) === rows.labels?.[row]) right++;
  }
  return count === 0 ? 0 : right / count;
}

function converted(
  values: Float32Array,
  { scale, mean = 0, std = 1 }: Unit,
  shape: Shape,
  layout: Layout | undefined,
) {
  const channels = isLast(layout) ? (shape.at(-1) ?? 1) : (shape[0] ?? 1);
  const behind = values.length / channels;
  const channelOf = (at: number) => (isLast(layout) ? at % channels : Math.floor(at / behind));
  const of = (number: PerChannel, at: number) =>
    typeof number === 'number' ? number : (number[channelOf(at)] ?? 0);
  return values.map((value, at) => (value * scale - of(mean, at)) / of(std, at));
}

/** Rows in the model's own order of axes. */
function moved(values: Float32Array, shape: Shape, layout: Layout | undefined): Float32Array {
  const [a = 1, b = 1, c = 1] = shape;
  if (layout === 'nhwc-to-nchw') return transposed(values, a * b, c);
  return layout === 'nchw-to-nhwc' ? transposed(values, a, b * c) : values;
}

const transposed = (values: Float32Array, rows: number, columns: number): Float32Array =>
  values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0);

const isLast = (layout: Layout | undefined): boolean => layout === 'nhwc' || layout === 'nhwc-to-nchw';

/** How the rows become what the model takes; undefined where they do as they are. */
export function layoutOf(stored: Shape, wanted: Shape): Layout | undefined {
  if (stored.length === 3 && wanted.length === 3 && !sameShape(stored, wanted)) {
    const [a = 0, b = 0, c = 0] = stored;
    if (sameShape([c, a, b], wanted)) return 'nhwc-to-nchw';
    if (sameShape([b, c, a], wanted)) return 'nchw-to-nhwc';
  }
  return channelsLast(wanted) && !channelsFirst(wanted) ? 'nhwc' : undefined;
}

const isChannels = (dim: number | undefined): boolean => dim === 1 || dim === 3 || dim === 4;
/** Fewer pixels across are no image. */
const leastPixels = 4;
const isArea = (height = 0, width = 0): boolean => height >= leastPixels && width >= leastPixels;

const channelsLast = ([height, width, channels, ...more]: Shape): boolean =>
  more.length === 0 && isChannels(channels) && isArea(height, width);

const channelsFirst = ([channels, height, width, ...more]: Shape): boolean =>
  more.length === 0 && isChannels(channels) && isArea(height, width);

/** Of an image, whether the model has its axes or only the data; undefined where neither has. */
export function channelsOf(wanted: Shape, stored: Shape = []): number | undefined {
  if (channelsFirst(wanted)) return wanted[0];
  if (channelsLast(wanted)) return wanted[2];
  if (stored.length === 2 && isArea(...stored)) return 1;
  return stored.length === 3 ? channelsOf(stored) : undefined;
}

/** The rows in another shape of as many elements. */
export const inShape = (rows: Dataset, shape: Shape): Dataset => ({
  ...rows,
  inputs: float32(rows.inputs.data, [rows.inputs.shape[0] ?? 0, ...shape]),
});
