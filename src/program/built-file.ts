// Files that Node starts or loads by their address, beside the module that asks for them: from sources, compiled, or bundled.

/**
 * @param source the asking module's own address, which says how it was built
 * @param bundled how the file's name ends in the bundle
 */
export function builtFile(name: string, source: string, bundled: 'cjs' | 'js' = 'cjs'): URL {
  if (source.endsWith('.cjs')) return new URL(`./${name}.${bundled}`, source);
  // Node cannot run TypeScript: from sources, under the test runner, the compiled file is used.
  const built = source.endsWith('.ts') ? source.replace(/^(.*)\/src\//, '$1/dist/src/') : source;
  return new URL(`./${name}.js`, built);
}
