import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Native inference sessions and spawned programs already use both cores of a small machine.
    maxWorkers: 2,
    pool: 'forks',
    // Runs in tests neither use nor fill the scores and models of whoever starts them.
    env: { RLPROMPT_CACHE_DIR: join(tmpdir(), `rlprompt-tests-${process.pid}`) },
  },
});
