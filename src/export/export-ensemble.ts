import { RlpromptError } from '../errors.js';
import { shellWord } from '../shell-word.js';
import { toVisibleJson } from '../visible-json.js';
import { ensembleModule, readEnsembleModule } from './ensemble-module.js';
import { exportPrompt } from './export-prompt.js';
import type { ExportedEnsemble, ReadEnsemble } from './exported-ensemble.js';
import type { RunRecord } from './run-record.js';
import { lengthWarning, readTextOf } from './text/label-reading.js';

/** @throws RlpromptError `E_NO_ENSEMBLE` where the run did not score one */
export function exportEnsemble(record: RunRecord, version: string): ExportedEnsemble {
  const { result, prompts, start, runDir } = record;
  if (!result?.ensemble) throw noEnsemble(record);
  const { dev, test } = result.ensemble;
  const [first, ...others] = result.ensemble.prompts.map((text) => {
    const place = prompts.findIndex((prompt) => prompt.text === text);
    return exportPrompt(record, place + 1, version);
  });
  if (!first) throw noEnsemble(record);
  return {
    schemaVersion: 1,
    kind: 'ensemble',
    task: start.task,
    labels: first.labels,
    members: [first, ...others],
    metrics: { dev, test },
    run: runDir,
    tool: first.tool,
  };
}

/** A form that holds prompts which answer together. */
export interface EnsembleFormat {
  readonly name: string;
  readonly file: string;
  /** What the user should know of these prompts in this form. */
  warn?(ensemble: ExportedEnsemble): string | undefined;
  render(ensemble: ExportedEnsemble): string;
  /** What a program which loads the form has in hand. */
  read(text: string): ReadEnsemble;
}

/** The formats of `rlprompt export --ensemble`. */
export const ENSEMBLE_FORMATS: readonly EnsembleFormat[] = [
  {
    name: 'json',
    file: 'ensemble.json',
    render: (ensemble) => `${toVisibleJson(ensemble, 2)}\n`,
    read: (text) => ({ texts: (JSON.parse(text) as ExportedEnsemble).members.map(readTextOf) }),
  },
  {
    name: 'ts',
    file: 'ensemble.ts',
    warn: ({ members: [first] }) => lengthWarning(first),
    render: ensembleModule,
    read: readEnsembleModule,
  },
];

function noEnsemble({ runDir, result }: RunRecord): RlpromptError {
  return new RlpromptError({
    code: 'E_NO_ENSEMBLE',
    exit: 'usage',
    message: result ? 'the run did not score several prompts together' : 'the run is not finished yet',
    where: runDir,
    kept: 'the run is unchanged',
    next: result
      ? 'run with --ensemble K; for your own prompts: rlprompt eval --ensemble K'
      : `rlprompt resume ${shellWord(runDir)}`,
  });
}
