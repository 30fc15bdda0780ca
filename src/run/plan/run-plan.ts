import type { SettledConfig } from '../../config/defaults-for.js';
import { readEndpointSettings } from '../../lm/endpoint/client/endpoint-settings.js';
import { isEndpointName } from '../../lm/endpoint/endpoint-name.js';
import { mean } from '../../statistics/mean.js';
import { taskTemplate } from '../../task/task-template.js';
import type { Task } from '../../task/types.js';
import { renderTemplate } from '../../template/render-template.js';
import { exactly, product, type Range, sumOf } from './range.js';
import { type PlannedTask, type RunRows, runRows, totalRows } from './run-rows.js';

/** What a service will be asked for by a run. */
export interface ServicePlan {
  readonly requests: Range;
  /** Tokens read. */
  readonly read: Range;
  readonly written: Range;
  /** Undefined without a price. */
  readonly cost: Range | undefined;
  readonly seconds: Range;
}

/** What a run will take, from its settings and its data alone. */
export interface RunPlan {
  readonly rows: RunRows;
  readonly forwards: Range;
  /** Where the target LM is behind a service that scores labels. */
  readonly service: ServicePlan | undefined;
}

/** Bytes of a token: English has four to five, a text of rare words and marks three. */
const TOKEN_BYTES = { most: 5, least: 3 };
/** Tokens that a service puts around a message. */
const AROUND: Range = { low: 3, high: 24 };
/** A row asks for one token, and once more where that does not decide. */
const REQUESTS_PER_ROW: Range = { low: 1, high: 2 };
/** Tokens written for a row; a word of a few tokens, in quotes or in `{"answer": …}`, is the longest. */
const WRITTEN: Range = { low: 1, high: 16 };
/** Seconds that a service takes for a request: a small model near by, a large one far away. */
export const LATENCY: Range = { low: 0.1, high: 2 };
/** Requests under way at once where the service decides. */
const AUTO_WIDTH = { least: 8, most: 64 };
const BYTES_PER_PROMPT_TOKEN = 5;

/** Says before a run what it will take. */
export function planRun(
  task: PlannedTask & Pick<Task, 'name' | 'template' | 'templates'>,
  config: SettledConfig,
): RunPlan {
  const rows = runRows(task, config);
  const forwards = totalRows(rows, config.forwards);
  const isAsked = isEndpointName(config.target) && task.kind === 'classification';
  return { rows, forwards, service: isAsked ? servicePlan(task, config, forwards) : undefined };
}

/** What a service is asked for by some rows. */
export function servicePlan(
  task: PlannedTask & Pick<Task, 'name' | 'template' | 'templates'>,
  config: SettledConfig,
  rows: Range,
): ServicePlan {
  const { samples, concurrency, limits } = readEndpointSettings(config);
  const requests = product(rows, REQUESTS_PER_ROW);
  const read = product(requests, tokensOfRow(task, config));
  const written = product(rows, WRITTEN, { low: 1, high: samples });
  const { price } = limits;
  const width = concurrency === 'auto' ? AUTO_WIDTH : { least: concurrency, most: concurrency };
  return {
    requests,
    read,
    written,
    cost: price && sumOf([product(read, exactly(price[0] / 1e6)), product(written, exactly(price[1] / 1e6))]),
    seconds: { low: (requests.low * LATENCY.low) / width.most, high: (requests.high * LATENCY.high) / width.least },
  };
}

/** Tokens of the template with an input of the mean length and a prompt of the policy's. */
function tokensOfRow(
  task: PlannedTask & Pick<Task, 'name' | 'template' | 'templates'>,
  { promptLength }: SettledConfig,
): Range {
  const template = taskTemplate(task, 'causal');
  const { train, dev, test } = task.splits;
  const inputs = [...train, ...dev, ...test].map(({ text }) => Buffer.byteLength(text));
  const around = Buffer.byteLength(renderTemplate(template, { input: '', prompt: '' }));
  const bytes = around + mean(inputs) + promptLength * BYTES_PER_PROMPT_TOKEN;
  return sumOf([{ low: bytes / TOKEN_BYTES.most, high: bytes / TOKEN_BYTES.least }, AROUND]);
}
