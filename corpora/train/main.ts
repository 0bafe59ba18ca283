// `npm run corpora`: trains every example model again and writes corpora/, byte for byte as before.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { encodeModel } from '../../src/onnx/encode.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { DIGITS_FILE, prepareDigits, readDigits } from './data.js';
import { type ModelEntry, manifestText, modelEntry } from './manifest.js';
import { accuracyOf } from './measure.js';
import { createLab, type Lab, models } from './models.js';

/** npm runs scripts in the project's root. */
const FOLDER = 'corpora';
/** Beside the project where it is developed; elsewhere the committed archive serves. */
const SOURCE = join('..', 'shared', 'data', 'digits', 'digits.npz');

async function buildOne(name: string, lab: Lab): Promise<ModelEntry> {
  const start = performance.now();
  const entry = models[name];
  if (entry === undefined) throw new Error(`no model "${name}"`);
  const { model, figures = {} } = await entry.build(lab);
  const bytes = encodeModel(model);
  writeFileSync(join(FOLDER, `${name}.onnx`), bytes);
  const testAccuracy = await accuracyOf(bytes, lab.digits.test, lab.runtime);
  const seconds = (performance.now() - start) / 1000;
  console.log(row(name, `${(100 * testAccuracy).toFixed(2)} %`, seconds.toFixed(1), show(figures)));
  return modelEntry(name, bytes, { how: entry.how, testAccuracy, figures });
}

const row = (name: string, accuracy: string, seconds: string, figures: string): string =>
  `${name.padEnd(20)}${accuracy.padStart(9)}${seconds.padStart(9)}  ${figures}`;

const show = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');

const archive = prepareDigits(FOLDER, SOURCE);
writeFileSync(join(FOLDER, DIGITS_FILE), archive);
const runtime = createInlineRuntime();
const lab = createLab(readDigits(archive), runtime);
console.log(row('model', 'accuracy', 'seconds', 'figures'));
const entries: ModelEntry[] = [];
for (const name of Object.keys(models)) entries.push(await buildOne(name, lab));
writeFileSync(join(FOLDER, 'manifest.json'), manifestText(archive, entries));
await runtime.close();
