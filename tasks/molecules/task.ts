import { defineTask, Molecules } from '../../src/index.js';

export default defineTask({
  name: 'molecules',
  kind: 'custom',
  description:
    'Writes drug-like molecules as SMILES (needs @rdkit/rdkit, --generator smiles-gpt-1m and a longer prompt).',
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
  rewardRange: [0, 100],
  async reward({ prompts }) {
    const molecules = await Molecules.open();
    return prompts.map((prompt) => {
      const molecule = molecules.read(prompt);
      return { reward: 100 * (molecule?.qed ?? 0), metrics: { validity: molecule ? 1 : 0 } };
    });
  },
});
