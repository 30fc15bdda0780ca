import type { RewardFault, RewardRow } from '../task/define/reward-messages.js';

/** A reward's answer that is not what it should be; trying again would not mend it. */
export class WrongAnswer extends Error {
  constructor(readonly fault: RewardFault) {
    super(fault.message);
  }
}

const KEYS = ['reward', 'parts', 'metrics'];

/** Takes what a reward gave back and nothing else: no coercion, one finite number or object a prompt. */
export function readAnswers(value: unknown, prompts: readonly string[]): RewardRow[] {
  const isList = Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array;
  if (!isList) throw wrongShape(`the reward gave ${describeValue(value)}, expected an array with one answer a prompt`);
  if (value.length !== prompts.length) {
    throw wrongShape(`the reward gave ${value.length} answers for ${prompts.length} prompts`);
  }
  return prompts.map((prompt, index) => {
    const place = `prompt ${index} (${quote(prompt)})`;
    if (!(index in value)) throw wrongShape(`the answer for ${place} is missing: the array is sparse`);
    return readAnswer(value[index], place);
  });
}

function readAnswer(answer: unknown, place: string): RewardRow {
  if (typeof answer !== 'object' || answer === null) {
    return { reward: readNumber(answer, `the reward of ${place}`), parts: {}, metrics: {} };
  }
  if (Array.isArray(answer) || answer instanceof Promise || !('reward' in answer)) {
    throw wrongShape(`the answer for ${place} is ${describeValue(answer)}, expected a number or { reward, … }`);
  }
  const unknown = Object.keys(answer).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) {
    throw wrongShape(`the answer for ${place} has an unknown key ${unknown.join(', ')}; known are ${KEYS.join(', ')}`);
  }
  const { reward, parts, metrics } = answer as { reward: unknown; parts?: unknown; metrics?: unknown };
  return {
    reward: readNumber(reward, `the reward of ${place}`),
    parts: readNumbers(parts, `parts of ${place}`),
    metrics: readNumbers(metrics, `metrics of ${place}`),
  };
}

function readNumbers(record: unknown, place: string): Record<string, number> {
  if (record === undefined) return {};
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw wrongShape(`the ${place} are ${describeValue(record)}, expected an object of numbers`);
  }
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, readNumber(value, `"${name}" in the ${place}`)]));
}

function readNumber(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new WrongAnswer({
    code: 'E_PLUGIN_NUMBER',
    message: `${what} is ${describeValue(value)}, expected a finite number`,
  });
}

function wrongShape(message: string): WrongAnswer {
  return new WrongAnswer({ code: 'E_PLUGIN_ANSWER', message });
}

function describeValue(value: unknown): string {
  if (typeof value === 'number' || value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `the string ${quote(value)}`;
  if (typeof value === 'bigint') return `the BigInt ${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Promise) return 'a promise (await it, for many: await Promise.all(…))';
  return typeof value === 'function' ? 'a function' : `of type ${typeof value}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
