import type { SettledConfig } from '../../config/defaults-for.js';
import { RlpromptError } from '../../errors.js';
import type { Task } from '../../task/types.js';
import { exactly, product, sumOf } from './range.js';
import { servicePlan } from './run-plan.js';
import { type PlannedTask, runRows } from './run-rows.js';

/** A policy that was updated less often has learned nothing. */
const LEAST_UPDATES = 3;

/**
 * Refuses a budget that ends before a few updates even where all goes well. Tokens, money and requests must also last for the
 * final evaluation, which a limit of forwards leaves out.
 *
 * @throws RlpromptError `E_BUDGET`
 */
export function checkBudget(
  task: PlannedTask & Pick<Task, 'name' | 'template' | 'templates'>,
  config: SettledConfig,
): void {
  const { forwards, maxTokens, maxCost, maxRequests, steps } = config;
  const { reading, baselines, step, final } = runRows(task, config);
  const updates = Math.min(LEAST_UPDATES, steps);
  const rows = sumOf([reading, baselines, product(exactly(updates), step)]);
  if (forwards !== undefined && forwards < rows.low)
    throw tooSmall('--forwards', { limit: forwards, least: rows.low, what: 'forwards', updates });
  if (maxTokens === undefined && maxCost === undefined && maxRequests === undefined) return;
  const { requests, read, written, cost } = servicePlan(task, config, sumOf([rows, final]));
  const tokens = read.low + written.low;
  if (maxTokens !== undefined && maxTokens < tokens)
    throw tooSmall('--max-tokens', { limit: maxTokens, least: Math.ceil(tokens), what: 'tokens', updates });
  if (maxCost !== undefined && cost && maxCost < cost.low)
    throw tooSmall('--max-cost', { limit: maxCost, least: cost.low, what: 'of cost', updates });
  if (maxRequests !== undefined && maxRequests < requests.low)
    throw tooSmall('--max-requests', { limit: maxRequests, least: Math.ceil(requests.low), what: 'requests', updates });
}

function tooSmall(
  flag: string,
  { limit, least, what, updates }: { limit: number; least: number; what: string; updates: number },
): RlpromptError {
  const needed = Number.isInteger(least) ? least : Number(least.toPrecision(3));
  return new RlpromptError({
    code: 'E_BUDGET',
    exit: 'config',
    message: `${flag} ${limit} ends before ${updates} updates: the baselines and ${updates} updates take at least ${needed} ${what}`,
    where: flag,
    kept: 'nothing was started',
    next: `a larger ${flag}, or fewer rows (--shots) and prompts (--prompts-per-step) per step; rlprompt plan counts them`,
  });
}
