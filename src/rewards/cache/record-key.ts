/**
 * Keys of the records in a run's `scores.bin`, fields between tabs; the text comes last, since it may hold tabs itself.
 *
 * - `t`, id, input: an input gets a number
 * - `b`, context, ids, prompt: scores of a prompt on several inputs
 * - `r`, context, id, prompt: scores of a prompt on one input, paid for one by one
 * - `n`, id, names: names of a custom reward's parts and metrics get a number
 * - `r`, examples, prompt: a custom reward of a prompt on examples
 */
export type RecordKey =
  | { readonly kind: 'input'; readonly id: number; readonly text: string }
  | { readonly kind: 'block'; readonly context: string; readonly inputIds: readonly number[]; readonly prompt: string }
  | { readonly kind: 'names'; readonly id: number; readonly json: string }
  | { readonly kind: 'other' };

export function inputKey(id: number, text: string): string {
  return `t\t${id}\t${text}`;
}

export function blockKey(context: string, inputIds: readonly number[], prompt: string): string {
  return `b\t${context}\t${inputIds.join(',')}\t${prompt}`;
}

export function rowKey(context: string, inputId: number, prompt: string): string {
  return `r\t${context}\t${inputId}\t${prompt}`;
}

export function namesKey(id: number, json: string): string {
  return `n\t${id}\t${json}`;
}

export function rewardKey(examplesKey: string, prompt: string): string {
  return `r\t${pairKey(examplesKey, prompt)}`;
}

/** A prompt under all else that its scores depend on: the request's form, or the examples. */
export function pairKey(context: string, prompt: string): string {
  return `${context}\t${prompt}`;
}

export function parseRecordKey(key: string): RecordKey {
  const [kind, first = '', second = '', ...rest] = key.split('\t');
  if (kind === 't') return { kind: 'input', id: Number(first), text: [second, ...rest].join('\t') };
  if (kind === 'n') return { kind: 'names', id: Number(first), json: [second, ...rest].join('\t') };
  if (kind !== 'b') return { kind: 'other' };
  return { kind: 'block', context: first, inputIds: second.split(',').map(Number), prompt: rest.join('\t') };
}
