import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,laws,soundness,golden,e2e}/**/*.test.ts'],
    pool: 'forks',
    // Files share a process and its modules, so that neither is loaded once per file: nothing here keeps global state.
    isolate: false,
    // By default one core is left idle.
    maxWorkers: '100%',
    // The built command line is as Node loads it, since it finds its threads by name beside it.
    server: { deps: { external: [/\/dist\/bundle\//] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
