import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Says how the tests are run that need models which are too large for the repository. */
export const LARGE_MODELS_HINT =
  'runs where RLPROMPT_TEST_MODELS names a folder with smollm2-135m-instruct and all-minilm-l6-v2 in it';

/** The folder of a model that is too large for the repository, where there is one. */
export function largeModel(name: 'smollm2-135m-instruct' | 'all-minilm-l6-v2'): string | undefined {
  const root = process.env.RLPROMPT_TEST_MODELS;
  const path = root === undefined ? undefined : join(root, name);
  return path !== undefined && existsSync(path) ? path : undefined;
}
