import { readDefinition } from '../../src/task/define/read-definition.js';
import { builtInTaskFile } from '../../src/task/load/built-in-tasks.js';
import type { CustomReward } from '../../src/task/types.js';

/** The function that a built-in task is scored by, called here rather than in its own process. */
export async function builtInReward(name: string): Promise<CustomReward> {
  const file = builtInTaskFile(name);
  const { reward } = readDefinition(await import(file), file);
  if (reward === undefined) throw new Error(`${name} has no reward`);
  return reward;
}
