import { RlpromptError } from '../../errors.js';
import type { ExportCheck } from '../../export/verify-export.js';
import { countOf } from '../../group-digits.js';
import type { CliContext } from '../output/context.js';
import { say } from '../output/say.js';

/** @throws RlpromptError E_EXPORT_MISMATCH where the exported text differs from what the run scored. */
export function reportCheck(
  { metric, inRun, fromExport, n, isRefit, isSameText, isReadAlike }: ExportCheck,
  { name, where }: { readonly name: string; readonly where: string },
  context: Pick<CliContext, 'stderr'>,
): void {
  const numbers = `dev ${metric} ${inRun.toFixed(4)} in the run, ${fromExport.toFixed(4)} from the export`;
  say(context, `verified ${name}: ${numbers} (${countOf(n, 'example')})`);
  if (isRefit)
    say(
      context,
      'This is not the dev score of the tables: at the end, label words were found once more, on the dev rows too.',
    );
  const isSameScore = Math.abs(inRun - fromExport) <= 1e-6;
  if (isSameText && isReadAlike && isSameScore) return;
  const mismatch = isReadAlike ? numbers : 'classify gives other labels than its words, weights and offsets stand for';
  throw new RlpromptError({
    code: 'E_EXPORT_MISMATCH',
    exit: 'data',
    message: `${name}: ${isSameText ? mismatch : 'another text is read than was scored'}`,
    where,
    kept: 'what was exported',
    next: 'rlprompt doctor; were data or models changed since the run?',
  });
}
