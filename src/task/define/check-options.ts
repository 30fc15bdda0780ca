import { verbalizerProblems } from '../../classifier/given-words.js';
import { RlpromptError } from '../../errors.js';
import { parseTemplate } from '../../template/parse-template.js';
import type { LoadTaskOptions } from '../assemble/load-task-options.js';

/** Refuses a template or a verbalizer of the user's that no language model could use. */
export function checkOptions({ template, verbalizer }: LoadTaskOptions): void {
  if (template !== undefined) parseTemplate(template, { family: template.includes('{mask}') ? 'masked' : 'causal' });
  const problems = verbalizer === undefined ? [] : verbalizerProblems(verbalizer);
  if (problems.length === 0) return;
  throw new RlpromptError({
    code: 'E_VERBALIZER_LABELS',
    exit: 'config',
    message: problems.join('; '),
    where: '--verbalizer',
    next: 'give every label other words, for instance --verbalizer "0=terrible|bad,1=great|good"',
  });
}
