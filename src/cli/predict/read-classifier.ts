import path from 'node:path';
import type { Classifier } from '../../classifier/classifier.js';
import type { RunConfigInput } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { RunRecord } from '../../export/run-record.js';
import { factsOfNamed } from '../../files/read/is-there.js';
import { readText } from '../../files/read/read-file.js';
import { shellWord } from '../../shell-word.js';
import { type ExportedClassifier, parseExportedClassifier } from './exported-classifier.js';

/** A classifier with the settings that its answers depend on. */
export interface StoredClassifier {
  readonly classifier: Classifier;
  readonly settings: Partial<RunConfigInput>;
  /** sha256 of the target LM's files, where it was. */
  readonly digest: string | undefined;
}

/**
 * The best prompt of a run, or one that was exported with `--format json`.
 *
 * @throws RlpromptError `E_PREDICT_SOURCE` for what is neither, or finds no label
 */
export async function readClassifier(source: string, rank: number): Promise<StoredClassifier> {
  const facts = factsOfNamed(source);
  if (facts === undefined) throw noSource(source, 'there is no such run or export');
  if (!facts.isDirectory()) return readExport(source);
  const exported = path.join(source, 'best.json');
  const isRun = factsOfNamed(path.join(source, 'run.json')) !== undefined;
  if (!isRun && factsOfNamed(exported)) return readExport(exported);
  return await readRun(source, rank);
}

async function readRun(runDir: string, rank: number): Promise<StoredClassifier> {
  const { readRunRecord } = await import('../../export/run-record.js');
  const { exportPrompt } = await import('../../export/export-prompt.js');
  const { currentSettings } = await import('../../config/removed-settings.js');
  const { packageVersion } = await import('../../package-root.js');
  const record = readRunRecord(runDir);
  const { classifier } = exportPrompt(record, rank, packageVersion());
  if (classifier === undefined) throw noClassifier(record);
  const { config, digests } = record.manifest;
  const { normalise } = record.start;
  const settings = { ...currentSettings(config), ...(normalise ? { normalise } : {}) };
  return { classifier, settings, digest: digests.targetLm };
}

function readExport(file: string): StoredClassifier {
  const text = readText(file);
  let exported: ExportedClassifier;
  try {
    exported = parseExportedClassifier(text);
  } catch (error) {
    throw noSource(file, error instanceof Error ? error.message : String(error), error);
  }
  const { classifier, target, normalise, truncate, textColumn, digests } = exported;
  return {
    classifier,
    settings: {
      target,
      ...(normalise ? { normalise } : {}),
      ...(truncate ? { truncate } : {}),
      ...(textColumn ? { textColumn } : {}),
    },
    digest: digests?.targetLm,
  };
}

function noClassifier({ runDir, start: { kind } }: RunRecord): RlpromptError {
  const run = shellWord(runDir);
  return new RlpromptError({
    code: 'E_PREDICT_SOURCE',
    exit: 'missingInput',
    message: `predict is for classification, and this is a ${kind} run, whose prompt gives no labels`,
    where: runDir,
    next: `rlprompt export ${run} --format txt writes its prompt, rlprompt eval ${run} scores it`,
  });
}

function noSource(where: string, message: string, cause?: unknown): RlpromptError {
  return new RlpromptError({
    code: 'E_PREDICT_SOURCE',
    exit: 'missingInput',
    message,
    where,
    next: 'rlprompt predict RUN FILE, or rlprompt export RUN --format json --out best.json first',
    cause,
  });
}
