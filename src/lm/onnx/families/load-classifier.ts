import type { ModelFolder } from '../../model/model-folder.js';
import type { ClassifyCapability } from '../../model/types.js';
import type { LoadedModel, OnnxModelOptions } from '../run/model-parts.js';
import { equalLengthBatches } from '../run/token-batches.js';
import { requireFinite } from './causal/probe-causal.js';
import { wrapTokens } from './encoder.js';
import { loadWholeModel, type WholeModel } from './shared/whole-model.js';

/** Loads a sequence classifier; its classes are named by the configuration's id2label. */
export async function loadClassifier(
  name: string,
  folder: ModelFolder,
  options: OnnxModelOptions,
): Promise<LoadedModel> {
  const model = await loadWholeModel(name, folder, options);
  const probe = await model.run([model.tokenizer.encode('probe', { special: true })]);
  requireFinite(probe.values, folder.onnxPath);
  return {
    name,
    digest: model.digest,
    family: 'classifier',
    dtype: folder.dtype,
    contextLength: model.contextLength,
    tokenizer: model.tokenizer,
    notes: model.notes,
    capabilities: { classify: new Classifier(model, classNames(folder.config, probe.values.length)) },
    dispose: model.dispose,
  };
}

function classNames(config: Readonly<Record<string, unknown>>, count: number): string[] {
  const names = (config.id2label ?? {}) as Readonly<Record<string, unknown>>;
  return Array.from({ length: count }, (_, i) => String(names[i] ?? `LABEL_${i}`));
}

class Classifier implements ClassifyCapability {
  readonly #model: WholeModel;
  readonly classNames: readonly string[];

  constructor(model: WholeModel, names: readonly string[]) {
    this.#model = model;
    this.classNames = names;
  }

  /** Texts longer than the context lose their end. */
  async classify(texts: readonly string[]): Promise<Float32Array> {
    const { tokenizer, contextLength, rowsOf } = this.#model;
    const rows = texts.map((text) => wrapTokens(tokenizer, text, contextLength).tokens);
    const count = this.classNames.length;
    const probabilities = new Float32Array(texts.length * count);
    for (const batch of equalLengthBatches(rows, rowsOf)) {
      const { values } = await this.#model.run(batch.map(([, row]) => row));
      batch.forEach(([row], i) => {
        probabilities.set(softmax(values.subarray(i * count, (i + 1) * count)), row * count);
      });
    }
    return probabilities;
  }
}

function softmax(logits: Float32Array): Float32Array {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
