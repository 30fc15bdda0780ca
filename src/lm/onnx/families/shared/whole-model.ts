import type { ModelFolder } from '../../../model/model-folder.js';
import { filesOf, openModelFile } from '../../graph/file/model-file.js';
import { checkInputs, modelInputs } from '../../graph/model-inputs.js';
import { isDynamicQuantised } from '../../head/split-head.js';
import { floatValues } from '../../run/half-precision.js';
import {
  headCount,
  int8Notes,
  loadParts,
  type ModelParts,
  type OnnxModelOptions,
  widthOf,
} from '../../run/model-parts.js';
import { createModelSession } from '../../run/model-session.js';
import { rowLimits, rowsWithoutCache } from '../../run/row-limits.js';
import { tokenFeeds } from './token-feeds.js';

/** A graph that is used as it is, head and all. */
export interface WholeModel extends ModelParts {
  /** How many rows of a length may run together. */
  readonly rowsOf: (length: number) => number;
  readonly notes: readonly string[];
  /** Values of the graph's first output, and its dimensions, for rows of equal length. */
  run(tokens: readonly (readonly number[])[]): Promise<{ values: Float32Array; dims: readonly number[] }>;
  dispose(): Promise<void>;
}

/** Loads an encoder or a classifier. */
export async function loadWholeModel(
  name: string,
  folder: ModelFolder,
  options: OnnxModelOptions,
): Promise<WholeModel> {
  const file = openModelFile(folder.onnxPath);
  const inputs = modelInputs(file.model.graph);
  checkInputs(inputs, file.path);
  const files = filesOf(file);
  const parts = await loadParts(name, folder, files);
  const session = await createModelSession({ path: folder.onnxPath }, files, options);
  const [output] = session.outputNames;
  if (output === undefined) throw new TypeError(`${folder.onnxPath} has no output`);
  const isDynamic = isDynamicQuantised(file.model.graph);
  const limits = rowLimits(options, isDynamic);
  const hiddenSize = widthOf(folder);
  const heads = headCount(folder);
  return {
    ...parts,
    rowsOf: (length) => rowsWithoutCache(limits, length, hiddenSize, heads),
    notes: int8Notes(isDynamic, options),
    run: async (tokens) => {
      const results = await session.run(tokenFeeds(session, inputs, { tokens }), [output]);
      const tensor = results[output];
      if (!tensor) throw new TypeError(`the graph gave no ${output}`);
      return { values: floatValues(tensor), dims: tensor.dims };
    },
    dispose: () => session.dispose(),
  };
}
