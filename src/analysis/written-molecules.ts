import { join } from 'node:path';
import { isThere } from '../files/read/is-there.js';
import { readOrdinaryText } from '../files/read-ordinary.js';
import { loadLanguageModel } from '../lm/load.js';
import { embeddedModels } from '../lm/model/embedded.js';
import { type MeasuredSample, measureMolecules } from '../molecules/measure-molecules.js';
import { Molecules } from '../molecules/molecules.js';
import { initialParameters } from '../policy/parameters/mlp-parameters.js';
import { checkSameGenerator, readEarlierRun } from '../run/continue/earlier-run.js';
import { drawPrompts } from '../run/prepare/draw-prompts.js';
import { generatorOf } from '../run/prepare/run-models.js';

/** What a policy writes before and after its run. */
export interface WrittenMolecules {
  readonly untrained: MeasuredSample;
  readonly trained: MeasuredSample;
  /** Molecules that the generator LM was trained on; 0 where they are not known. */
  readonly known: number;
}

/**
 * Draws texts from the policy of a run as it was before the first step and as its last checkpoint has it, and reads
 * them as molecules.
 *
 * @throws RlpromptError E_RDKIT_MISSING, E_CONTINUE_POLICY, E_CONTINUE_MISMATCH
 */
export async function measureWritten(runDir: string, count: number): Promise<WrittenMolecules> {
  const run = readEarlierRun(runDir);
  const { generator: name, innerSize, seed, offline } = run.config;
  const reader = await Molecules.open();
  const model = await loadLanguageModel(name, { offline });
  try {
    checkSameGenerator(run, model);
    const generator = generatorOf(model);
    const start = await initialParameters({ hiddenSize: generator.hiddenStates.hiddenSize, innerSize }, seed);
    const [before = [], after = []] = await drawPrompts(generator, run, [start, run.parameters], count);
    const known = knownMolecules(reader, name);
    return {
      untrained: await measureMolecules(reader, before, known),
      trained: await measureMolecules(reader, after, known),
      known: known.size,
    };
  } finally {
    await model.dispose();
  }
}

/** Canonical forms of what an embedded model was trained on, one a line in its folder. */
function knownMolecules(reader: Molecules, model: string): ReadonlySet<string> {
  const folder = embeddedModels().find(({ name }) => name === model)?.path;
  const file = folder && join(folder, 'training.smi');
  if (!file || !isThere(file)) return new Set();
  const lines = readOrdinaryText(file).split('\n');
  return new Set(lines.flatMap((line) => reader.canonical(line) ?? []));
}
