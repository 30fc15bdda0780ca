import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { factsOf } from '../read/facts-of.js';

/** A folder of the program: the files that tell it from others, what it is called, and what the program wrote in it for itself. */
interface KeptFolder {
  readonly marks: readonly string[];
  readonly name: string;
  readonly files: RegExp;
}

/** A report is not among them: it can be made again from the others. */
const KEPT: readonly KeptFolder[] = [
  {
    marks: ['run.json', 'events.jsonl'],
    name: 'run',
    files: /^(run\.json|events\.jsonl|best\.json|policy\.json|export\.json|reward\.log|[\w-]+\.bin|lock)$/,
  },
  { marks: ['act.json'], name: 'act folder', files: /^(act\.json|result\.json|lock)$/ },
  { marks: ['comparison.json'], name: 'comparison', files: /^(comparison\.json|lock)$/ },
];

/** Of which folder of the program a file is a part that nothing could replace; undefined for any other file. */
export function keptBy(path: string): string | undefined {
  const file = realpathSync(path);
  const folder = dirname(file);
  if (basename(folder) === 'checkpoints') return keptFolder(dirname(folder))?.name;
  const kept = keptFolder(folder);
  return kept?.files.test(basename(file)) ? kept.name : undefined;
}

function keptFolder(folder: string): KeptFolder | undefined {
  return KEPT.find(({ marks }) => marks.every((mark) => factsOf(join(folder, mark))?.isFile()));
}
