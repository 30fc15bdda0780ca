import { defineConfig } from 'vitest/config';

const ALL = ['tests/**/*.test.{ts,tsx}'];

/**
 * Tests that change their process, measure it, or stop it: variables of the environment, listeners, memory, threads, servers they cut off. All others share
 * a few processes, which load each module once: a file in a process of its own spends most of its time on that.
 */
const OWN_PROCESS = [
  'tests/{give-way,packaging/*,queue/**/*,files/lock/lock,run/run-threads}.test.ts',
  'tests/cli/{errors,help,started-as,search/run,wizard/wizard}.test.ts',
  'tests/{export/python-loaders,rewards/custom/custom-{host,isolation},rewards/cache/processes/*,ui/ink/ink-screen}.test.{ts,tsx}',
  'tests/lm/{load,memory,hub/*,endpoint/{many-requests,tls,client/endpoint-client},onnx/runtime/runtime-*}.test.ts',
];

/** Kills, full disks, bad inputs: left out of `npm test`, and in `npm run test:faults` and the continuous check. */
const FAULTS = ['tests/faults/**/*.test.ts'];

/** What all tests run with. */
export const settings = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  pool: 'forks',
  globalSetup: 'tests/global-setup.ts',
} as const;

/** One more than the cores of a small machine: tests of programs, services and queues mostly wait. */
export const maxWorkers = 3;

export default defineConfig({
  test: {
    // Not in the projects, where `--maxWorkers` would not change it.
    maxWorkers,
    projects: [
      {
        test: {
          ...settings,
          name: 'shared process',
          include: ALL,
          exclude: [...OWN_PROCESS, ...FAULTS],
          isolate: false,
          setupFiles: 'tests/shared-process.ts',
        },
      },
      { test: { ...settings, name: 'own process', include: OWN_PROCESS } },
      { test: { ...settings, name: 'faults', include: FAULTS } },
    ],
  },
});
