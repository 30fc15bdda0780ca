import { defineConfig } from 'vitest/config';
import { SUITES } from './tests/faults/report/suites.js';
import { maxWorkers, settings } from './vitest.config.js';

/** The suites of faults by themselves: `npm run test:faults`. */
export default defineConfig({
  test: {
    ...settings,
    maxWorkers,
    include: Object.values(SUITES).flat(),
    reporters: ['default', './tests/faults/report/reporter.ts'],
  },
});
