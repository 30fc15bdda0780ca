import type { EnvironmentWorld } from '../../acting/environment-world.js';
import type { LanguageModel } from '../../lm/model/types.js';

export interface WorldOptions {
  readonly model: string;
  readonly seed: number;
  readonly timeout: number;
}

/** Opens the environment before the model is loaded, and ends both. */
export async function withWorld(
  reference: string,
  { model: name, timeout }: Pick<WorldOptions, 'model' | 'timeout'>,
  use: (world: EnvironmentWorld, model: LanguageModel) => Promise<void>,
): Promise<void> {
  const [{ loadLanguageModel }, { EnvironmentWorld: World }] = await Promise.all([
    import('../../lm/load.js'),
    import('../../acting/environment-world.js'),
  ]);
  const world = await World.open(reference, timeout * 1000);
  try {
    const model = await loadLanguageModel(name);
    await use(world, model).finally(() => model.dispose());
  } finally {
    world.close();
  }
}
