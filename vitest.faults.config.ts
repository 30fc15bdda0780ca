import { mergeConfig } from 'vitest/config';
import { SUITES } from './tests/faults/report/suites.js';
import base from './vitest.config.js';

/** The suites of faults by themselves: `npm run test:faults`. */
const config = mergeConfig(base, { test: { reporters: ['default', './tests/faults/report/reporter.ts'] } });
config.test.include = Object.values(SUITES).flat();
export default config;
