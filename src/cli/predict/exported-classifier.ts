import * as z from 'zod';
import { plainIssue } from '../../plain-issue.js';

const wordSet = z
  .object({ label: z.string(), words: z.array(z.string()).min(1), weights: z.array(z.number()).exactOptional() })
  .refine(({ words, weights }) => weights === undefined || weights.length === words.length, 'one weight per word');

const classifier = z
  .object({
    prompt: z.string(),
    template: z.string(),
    words: z.array(wordSet).min(1),
    demonstrations: z.array(z.object({ text: z.string(), label: z.string(), word: z.string() })).default([]),
    offsets: z.array(z.number()).exactOptional(),
  })
  .refine(({ words, offsets }) => offsets === undefined || offsets.length === words.length, 'one offset per label');

const exportedPrompt = z.object({
  classifier,
  target: z.string(),
  normalise: z.enum(['none', 'token', 'word']).nullish(),
  truncate: z.enum(['head', 'tail', 'middle']).nullish(),
  textColumn: z.string().nullish(),
  digests: z.object({ targetLm: z.string().optional() }).nullish(),
});

export type ExportedClassifier = z.output<typeof exportedPrompt>;

/**
 * What `rlprompt export RUN --format json` wrote of a classifier.
 *
 * @throws Error that says what is wrong with it
 */
export function parseExportedClassifier(text: string): ExportedClassifier {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error('the file is neither a run nor an export with --format json', { cause });
  }
  const parsed = exportedPrompt.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `the file holds no classifier that was exported with --format json: ${issue ? plainIssue(issue, 'the file') : 'unreadable'}`,
  );
}
