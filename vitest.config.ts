import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,laws,soundness,golden,e2e}/**/*.test.ts'],
    pool: 'forks',
    // By default one core is left idle.
    maxWorkers: '100%',
    // The built command line is as Node loads it, since it finds its threads by name beside it.
    server: { deps: { external: [/\/dist\/bundle\//] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
