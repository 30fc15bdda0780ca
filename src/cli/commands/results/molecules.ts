import { type Command, Option } from 'commander';
import type { WrittenMolecules } from '../../../analysis/written-molecules.js';
import type { MoleculeMeasures } from '../../../molecules/measure-molecules.js';
import type { Molecule } from '../../../molecules/molecules.js';
import { toVisibleJson } from '../../../visible-json.js';
import { parseCount, parseSize } from '../../options/parse-count.js';
import { type CliContext, NOTHING_WRITTEN } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { warn } from '../../output/say.js';

const EXAMPLES = `Examples:
  $ rlprompt molecules runs/molecules
  $ rlprompt molecules runs/molecules --csv > molecules.csv
  $ rlprompt molecules runs/molecules --count 1000 --smi > molecules.smi
`;

interface MoleculesOptions {
  readonly count: number;
  readonly limit: number;
  readonly json?: true;
  readonly csv?: true;
  readonly smi?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Reads what the policy of a run writes as molecules: how good before and after the run, and the best.')
    .argument('<run>', 'run folder')
    .option('--count <N>', 'texts drawn from each policy', parseSize, 256)
    .option('-n, --limit <N>', 'molecules to show', parseCount, 10)
    .option('--json', 'print one JSON object')
    .addOption(
      new Option('--csv', 'print the different molecules as CSV: all of them, the most drug-like first').conflicts(
        'json',
      ),
    )
    .addOption(new Option('--smi', 'print them as SMILES, one per line').conflicts(['json', 'csv']))
    .addHelpText('before', EXAMPLES)
    .action(async (runDir: string, options: MoleculesOptions) => {
      context.keptAtStop = NOTHING_WRITTEN;
      const { measureWritten } = await import('../../../analysis/written-molecules.js');
      const written = await measureWritten(runDir, options.count);
      const { untrained, trained } = written;
      if (untrained.measures.validity === 0 && trained.measures.validity === 0) warn(context, NO_MOLECULES);
      writeResult(context, await toText(written, options));
    });
}

const NO_MOLECULES = 'no text is a molecule: the run’s generator writes no SMILES (docs/how-to/molecules.md)';

async function toText(written: WrittenMolecules, { limit, json, csv, smi }: MoleculesOptions): Promise<string> {
  const { untrained, trained, known } = written;
  const { molecules } = trained;
  if (smi) return molecules.map(({ canonical }) => `${canonical}\n`).join('');
  if (csv) return toCsv(molecules);
  if (!json) return toTable(written, limit);
  const best = molecules.slice(0, limit).map(({ canonical, qed }) => ({ smiles: canonical, qed }));
  const measures = { untrained: untrained.measures, trained: trained.measures };
  return `${toVisibleJson({ schemaVersion: 1, known, ...measures, best })}\n`;
}

async function toCsv(molecules: readonly Molecule[]): Promise<string> {
  const { formatCell } = await import('../../../export/formats/data/csv.js');
  const rows = [['smiles', 'qed'], ...molecules.map(({ canonical, qed }) => [canonical, qed])];
  return rows.map((row) => `${row.map((cell) => formatCell(cell, false)).join(',')}\r\n`).join('');
}

const MEASURES = ['validity', 'uniqueness', 'novelty', 'diversity', 'qed'] as const;

function toTable({ untrained, trained, known }: WrittenMolecules, limit: number): string {
  const row = (name: string, measures: MoleculeMeasures): string[] => [
    name,
    ...MEASURES.map((measure) => (measure === 'novelty' && known === 0 ? '' : measures[measure].toFixed(3))),
  ];
  const rows = [['policy', ...MEASURES], row('untrained', untrained.measures), row('trained', trained.measures)];
  const best = trained.molecules.slice(0, limit).map(({ canonical, qed }) => [qed.toFixed(3), canonical]);
  return `${formatTable(rows, { right: MEASURES.map((_, i) => i + 1) })}\n${formatTable([['qed', 'molecule'], ...best])}`;
}
