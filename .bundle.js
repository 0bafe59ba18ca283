// The command line as a few files: Node takes half a second to find and link the hundreds of modules that it is compiled to and uses.
// Threads and processes that it starts are entries of their own, beside each other because they are found by name.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

/** Packages with files besides their code (libraries, WebAssembly), which stay where npm puts them. */
const apart = ['gpu.js', 'highs', '@cwasm/jpeg-turbo', 'pngjs', 'webgpu'];
/** Of what they write there is a part in the sources. */
const generators = ['node_modules/peggy'];
const dir = 'dist/bundle';

/** ONNX Runtime's own library is found from its own folder: its JavaScript is ours to bundle, Node takes 25 ms to find it file by file. */
const binding = {
  name: 'binding',
  transform: {
    filter: { id: /onnxruntime-node\/dist\/binding\.js$/ },
    // Lines stay where they are.
    handler: (code) => ({ code: code.replace('`../bin/', '`onnxruntime-node/bin/'), map: null }),
  },
};

const common = {
  platform: 'node',
  external: [/^node:/, ...apart.map((name) => new RegExp(`^${name}(/|$)`))],
  plugins: [binding],
};
const written = {
  dir,
  sourcemap: true,
  // Names stay as they are, for stack traces; less to read takes less time. ASCII, which takes V8 half the memory.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
};

const outputs = [
  // Scripts, which bin/load.cjs loads: V8 takes compiled code for scripts only.
  await build({
    ...common,
    input: { main: 'dist/src/cli/begin.js' },
    // Of yargs, for a setting that we do not make.
    checks: { emptyImportMeta: false },
    output: {
      ...written,
      format: 'cjs',
      cleanDir: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
    },
  }),
  // Small enough to be compiled sooner than what V8 had made of it would be read.
  await build({
    ...common,
    input: { worker: 'dist/src/program/worker.js' },
    output: { ...written, format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
  }),
  // What threads do besides; they have nothing else of the main one's.
  await build({
    ...common,
    input: { 'split-task': 'dist/src/verify/branch/inputs/split-task.js' },
    output: { ...written, format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
  }),
  await build({
    ...common,
    input: ['dist/src/backends/gpu/engine-worker.js', 'dist/src/backends/gpu/adapter-probe.js'],
    output: { ...written, format: 'esm' },
  }),
].flatMap(({ output }) => output);
writeFileSync(join(dir, 'THIRD-PARTY-LICENSES.txt'), licences(outputs));
// What it works on says nothing of the build.
execFileSync(process.execPath, ['.compile.cjs'], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Of the packages whose code became part of the bundle, as their licences ask. */
function licences(chunks) {
  const ids = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  const folders = new Set(ids.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []));
  for (const folder of generators) folders.add(join(import.meta.dirname, folder));
  return [...folders].sort().map(licenceOf).join('\n\n');
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}`;
}
