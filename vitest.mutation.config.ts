import { defineConfig } from 'vitest/config';

/** The unit tests of the folders in `stryker.config.json`: quick ones, that start no program. */
export default defineConfig({
  test: {
    include: ['tests/{losses,policy,run/select,trainers}/**/*.test.ts', 'tests/rewards/{shaping,racing}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
