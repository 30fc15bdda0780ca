import { defineConfig } from 'vitest/config';
import { SUITES } from './tests/faults/report/suites.js';
import { maxWorkers, settings } from './vitest.config.js';

/** The suites of faults by themselves: `npm run test:faults`. */
export default defineConfig({
  test: {
    ...settings,
    // Each kind of run is killed 20 times, each bad input is given to a program of its own, and each reader to 10,000 random files.
    env: {
      RLPROMPT_TEST_KILLS: process.env.RLPROMPT_TEST_KILLS ?? '20',
      RLPROMPT_TEST_PROCESSES: '1',
      RLPROMPT_TEST_FUZZ: process.env.RLPROMPT_TEST_FUZZ ?? '10000',
    },
    maxWorkers,
    include: ['tests/faults/**/*.test.ts', ...Object.values(SUITES).flat()],
    reporters: ['default', './tests/faults/report/reporter.ts'],
  },
});
