// What npm packs: all that the package's names lead to, and types that need nothing but what is installed with it.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = new URL('../../../', import.meta.url).pathname;
const manifest = z
  .object({
    bin: z.record(z.string(), z.string()),
    exports: z.object({ '.': z.object({ types: z.string(), default: z.string() }) }),
    dependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const entry = manifest.exports['.'];

const isBuilt = existsSync(join(root, entry.types));
if (!isBuilt) console.log('The package was not looked at: "npm run build" has not been run.');

describe.skipIf(!isBuilt)('the package', () => {
  test('has what its names lead to, the schemas and the documentation, and no tests', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      maxBuffer: 2 ** 26,
    });
    const [pack] = z
      .array(z.object({ files: z.array(z.object({ path: z.string() })) }))
      .parse(JSON.parse(stdout));
    const files = new Set(pack?.files.map(({ path }) => path));
    const named = [...Object.values(manifest.bin), entry.types, entry.default].map((path) => join(path));
    const needed = [
      ...named,
      'bin/load.cjs',
      'dist/bundle/main.cjs',
      'dist/bundle/worker.cjs',
      'dist/bundle/split-task.cjs',
      'dist/src/verify/branch/inputs/split-task.js',
      'dist/bundle/THIRD-PARTY-LICENSES.txt',
      'specs/policy.schema.json',
      'specs/report.schema.json',
      'docs/policy.md',
      'LICENSE',
      'README.md',
    ];
    expect(needed.filter((path) => !files.has(path))).toEqual([]);
    expect([...files].filter((path) => /(^|\/)(test|corpora|node_modules)\//.test(path))).toEqual([]);
    const types = reachableTypes(join(root, entry.types)).files;
    expect(types.map((path) => relative(root, path)).filter((path) => !files.has(path))).toEqual([]);
  });

  test('has types that import nothing but what is installed with it: not even those of Node', () => {
    const { packages, files } = reachableTypes(join(root, entry.types));
    expect(files.length).toBeGreaterThan(10);
    expect(packages.filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  test('is found by TypeScript under its name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'marauder-types-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'marauder'));
    const file = join(folder, 'use.mts');
    writeFileSync(file, "import { check } from 'marauder';\n");
    const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    const { resolvedModule } = ts.resolveModuleName(
      'marauder',
      file,
      options,
      ts.sys,
      undefined,
      undefined,
      ts.ModuleKind.ESNext,
    );
    expect(resolvedModule?.resolvedFileName).toBe(join(root, entry.types));
  });
});

type Reached = { readonly files: readonly string[]; readonly packages: readonly string[] };

/** All declarations that those of a file lead to. */
function reachableTypes(from: string): Reached {
  const files = new Set([from]);
  const packages = new Set<string>();
  for (const file of files)
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles) {
      if (fileName.startsWith('.')) files.add(join(dirname(file), fileName.replace(/\.js$/, '.d.ts')));
      else packages.add(/^(@[^/]+\/)?[^/]+/.exec(fileName)?.[0] ?? fileName);
    }
  return { files: [...files], packages: [...packages] };
}
