import { loadFailure } from '../task/define/read-definition.js';
import * as rewardApi from './reward-api.js';

/**
 * Runs a user's file, TypeScript or JavaScript, and gives what it exports. `import … from 'rlprompt'` in it means this
 * very program, wherever the file lies.
 *
 * @throws RlpromptError E_TASK_FILE
 */
export async function importUserFile(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(file, { fsCache: false, moduleCache: false, virtualModules: { rlprompt: rewardApi } });
  try {
    return await jiti.import(file);
  } catch (error) {
    throw loadFailure(error, file);
  }
}
