import { RlpromptError } from '../errors.js';
import type { Generator } from './contract/settings.js';
import type { SettingsOf } from './contract/trainer-definition.js';
import type { Trainer } from './contract/types.js';
import { TRAINER_NAMES, type TRAINER_SETTINGS, TRAINERS } from './trainer-table.js';

/** What any trainer can be created with. */
export type AllTrainerSettings = SettingsOf<{ readonly settings: typeof TRAINER_SETTINGS }>;

export async function createTrainer(
  name: string,
  generator: Generator,
  settings: AllTrainerSettings,
): Promise<Trainer> {
  const found = TRAINERS.find(({ definition }) => definition.name === name);
  if (!found) {
    throw new RlpromptError({
      code: 'E_TRAINER_NOT_FOUND',
      exit: 'config',
      message: `no trainer ${JSON.stringify(name)}; there are ${TRAINER_NAMES.join(', ')}`,
      where: '--trainer',
      next: 'rlprompt run --help describes them',
    });
  }
  const { create } = await found.load();
  return create(generator, settings);
}
