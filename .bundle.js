// The command line as a few files: Node takes half a second to find and link the hundreds of modules that it is compiled to.
// Threads and processes that it starts are entries of their own, beside each other because they are found by name.
import { build } from 'rolldown';

await build({
  input: [
    'dist/src/cli/main.js',
    'dist/src/program/worker.js',
    'dist/src/backends/gpu/engine-worker.js',
    'dist/src/backends/gpu/adapter-probe.js',
  ],
  platform: 'node',
  // Packages stay where npm puts them, with their licences.
  external: (id) => !/^[./]/.test(id),
  output: { dir: 'dist/bundle', format: 'esm', cleanDir: true, sourcemap: true },
});
