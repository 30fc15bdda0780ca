import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FileFormat } from '../../contract/exported-prompt.js';
import { provenance } from '../../text/provenance.js';

const CREATE_STUDY = 0;
const CREATE_TRIAL = 4;
const MAXIMIZE = 2;
const COMPLETE = 1;

export const optunaFormat: FileFormat = {
  name: 'optuna',
  description: 'Optuna journal, one trial per prompt: optuna-dashboard prompts.optuna.log',
  group: 'tracking',
  isTable: true,
  holdsMessages: true,
  file: 'prompts.optuna.log',
  render: (prompts) =>
    [createStudy(prompts[0]), ...prompts.map(createTrial)].map((op) => `${toVisibleJson(op)}\n`).join(''),
  read: (text) => ({ rendered: JSON.parse(text.split('\n')[1] ?? '').user_attrs.rendered }),
};

function createStudy({ task, metric, run, tool }: ExportedPrompt) {
  return { op_code: CREATE_STUDY, worker_id: tool, study_name: `${task} ${metric} (${run})`, directions: [MAXIMIZE] };
}

function createTrial(prompt: ExportedPrompt) {
  const { metric, metrics, created, rank, rendered } = prompt;
  // A run keeps no time of day for its prompts: all trials stand at its begin.
  const time = new Date(created).toISOString().replace(/Z$/, '000+00:00');
  return {
    ...{ op_code: CREATE_TRIAL, worker_id: prompt.tool, study_id: 0, datetime_start: time, datetime_complete: time },
    ...{ state: COMPLETE, value: metrics.dev?.[metric] ?? null, values: null, distributions: {}, params: {} },
    user_attrs: { prompt: prompt.prompt, rank, rendered, ...provenance(prompt) },
    ...{ system_attrs: {}, intermediate_values: {} },
  };
}
