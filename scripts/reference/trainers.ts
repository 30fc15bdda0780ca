import type { TrainerDefinition } from '../../src/trainers/contract/trainer-definition.js';
import { TRAINERS } from '../../src/trainers/trainer-table.js';
import { code, heading, table } from './table.js';

const INTRODUCTION = `What \`--trainer\` takes. The default is the first loss of a trainer; \`none\` is a search without a policy. "Replay" learns again
from scored prompts. "Reads inputs" works with \`--input-conditioned\`. The settings are explained on the page [Settings](settings.md).`;

export function trainersPage(): string {
  const rows = TRAINERS.map(({ definition }: { definition: TrainerDefinition }) => [
    `[${code(definition.name)}](../explanation/trainers/${definition.name}.md)`,
    definition.losses.map(code).join(', '),
    definition.hasReplay ? 'yes' : 'no',
    definition.readsInputs ? 'yes' : 'no',
    Object.keys(definition.settings).map(code).join(', '),
    Object.entries(definition.defaults ?? {})
      .map(([key, value]) => `${code(key)} ${JSON.stringify(value)}`)
      .join('; '),
  ]);
  const head = ['trainer', 'losses', 'replay', 'reads inputs', 'own settings', 'own defaults'];
  return [heading('Trainers', INTRODUCTION), table(head, rows), ''].join('\n');
}
