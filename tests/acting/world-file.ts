import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { EnvironmentWorld } from '../../src/acting/environment-world.js';

/** The file of an environment with these bodies of `reset` and `step`; `turn` counts the calls of `step`. */
export function worldFile(reset: string, step: string, more = ''): string {
  const file = join(mkdtempSync(join(tmpdir(), 'rlprompt-world-')), 'world.mjs');
  const definition = `{ kind: 'environment', name: 'small', tasks: { train: ['go'], test: ['stay'] }, ${more}
    async reset(task) { turn = 0; ${reset} }, async step(action) { turn += 1; ${step} } }`;
  writeFileSync(file, `let turn = 0;\nexport default ${definition};\n`);
  return file;
}

/** A real process that runs the environment; it is gone after the test. */
export async function openWorld(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  reference: string,
  timeoutMs = 20_000,
): Promise<EnvironmentWorld> {
  const world = await EnvironmentWorld.open(reference, timeoutMs);
  onTestFinished(() => world.close());
  return world;
}
