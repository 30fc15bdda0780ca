import * as z from 'zod';
import { verbalizerProblems } from '../../classifier/given-words.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { plainIssue } from '../../plain-issue.js';
import { parseTemplate } from '../../template/parse-template.js';
import type { TaskDefinition } from '../types.js';

const text = z.string().min(1);
const isFunction = (value: unknown) => typeof value === 'function';

const exampleSchema = z.strictObject({
  text,
  label: z.union([z.string(), z.number()]).optional(),
  fields: z.record(z.string(), z.string()).optional(),
});

/** The three splits as arrays of examples. */
export const exampleArraysSchema = z.strictObject({
  train: z.array(exampleSchema),
  dev: z.array(exampleSchema),
  test: z.array(exampleSchema),
});

const exampleFilesSchema = z.strictObject({
  train: text,
  dev: text,
  test: text,
  textColumn: text.optional(),
  labelColumn: text.optional(),
});

const definitionSchema = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens'),
  kind: z.enum(['classification', 'style-transfer', 'custom']),
  description: z.string().optional(),
  verbalizer: z.record(z.string(), z.string().trim().min(1)).optional(),
  template: z.union([text, z.strictObject({ causal: text.optional(), masked: text.optional() })]).optional(),
  manualPrompts: z.array(text).optional(),
  normalise: z.enum(['none', 'token', 'word']).optional(),
  groupBy: z.enum(['batch', 'example']).optional(),
  stochastic: z.boolean().optional(),
  examples: z.unknown().refine((value) => value !== undefined, 'missing: arrays, file names or a function'),
  reward: z.custom(isFunction, 'expected a function').optional(),
  rewardRange: z
    .tuple([z.number(), z.number()])
    .refine(([least, largest]) => least < largest, 'the first must be below the second')
    .optional(),
  env: z.array(text).optional(),
});

/** Everything that is wrong with a task definition, each with its key path; empty when it is right. */
export function findDefinitionProblems(definition: unknown): string[] {
  const shape = definitionSchema.safeParse(definition);
  const problems = shape.success ? [] : shape.error.issues.flatMap(describeIssue);
  if (typeof definition !== 'object' || definition === null) return problems;
  const { examples } = definition as Partial<TaskDefinition>;
  if (examples !== undefined) problems.push(...findExampleProblems(examples));
  return problems.length > 0 ? problems : findContradictions(definition as TaskDefinition);
}

/** What is wrong with the `examples` of a definition; what a function answers is looked at when it is called. */
export function findExampleProblems(examples: unknown): string[] {
  if (isFunction(examples)) return [];
  const { train, dev, test } = (examples ?? {}) as Partial<Record<'train' | 'dev' | 'test', unknown>>;
  const splits = [train, dev, test];
  const holdsFiles = typeof train === 'string';
  if (splits.some((split) => typeof split === 'string') && splits.some((split) => Array.isArray(split)))
    return ['examples: some splits are file names, others arrays; give all three as one or the other'];
  const shape = (holdsFiles ? exampleFilesSchema : exampleArraysSchema).safeParse(examples);
  if (shape.success) return [];
  const issues = shape.error.issues.map((issue) => ({ ...issue, path: ['examples', ...issue.path] }));
  const shown = issues.slice(0, 5).flatMap(describeIssue);
  return issues.length > 5 ? [...shown, `and ${issues.length - 5} more in examples`] : shown;
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [plainIssue(issue, 'the definition')];
  return issue.keys.map((key) => {
    const near = path === '' ? nearestWord(key, Object.keys(definitionSchema.shape)) : undefined;
    return `unknown key ${[...issue.path, key].join('.')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
  });
}

function findContradictions(definition: TaskDefinition): string[] {
  const problems: string[] = [];
  const { kind, reward, rewardRange, verbalizer } = definition;
  if (kind === 'custom' && reward === undefined) problems.push('reward: missing; kind custom needs the function');
  if (kind !== 'custom' && reward !== undefined) problems.push(`reward: kind ${kind} brings its own; say kind custom`);
  if (kind !== 'custom' && rewardRange !== undefined) problems.push(`rewardRange: kind ${kind} has its own`);
  if (verbalizer !== undefined) problems.push(...verbalizerProblems(verbalizer));
  return [...problems, ...findTemplateProblems(definition)];
}

function findTemplateProblems({ template }: TaskDefinition): string[] {
  if (template === undefined) return [];
  const attempts: (readonly [string, 'causal' | 'masked'])[] =
    typeof template === 'string'
      ? [[template, template.includes('{mask}') ? 'masked' : 'causal']]
      : (['causal', 'masked'] as const).flatMap((family) => {
          const source = template[family];
          return source === undefined ? [] : [[source, family] as const];
        });
  return attempts.flatMap(([source, family]) => {
    try {
      parseTemplate(source, { family });
      return [];
    } catch (error) {
      if (error instanceof RlpromptError) return [`template: ${error.message}`];
      throw error;
    }
  });
}
