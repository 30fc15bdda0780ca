import * as z from 'zod';

/** Headings under which `--help` lists the settings, in this order. */
export const OPTION_GROUPS = ['Task and data', 'Models', 'Limits', 'Search', 'Reward', 'Evaluation', 'Run'] as const;

export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** How a setting is read from text: a flag's value, `--set key=value` or an environment variable. */
export type TextForm = 'text' | 'number' | 'boolean' | 'range' | 'list' | 'items' | 'record' | 'weights';

/** What flags, help, JSON Schema and the documentation say of one setting. */
export interface OptionMeta {
  readonly description: string;
  readonly group: OptionGroup;
  readonly form: TextForm;
  /** Name of the flag without dashes, where it is not the key in kebab-case. */
  readonly flag?: string;
  /** One letter. */
  readonly short?: string;
  /** Placeholder of the value in help. */
  readonly value?: string;
  /** The paper's value, where it differs from the default. */
  readonly paper?: string;
  /** The task is the command's argument, not a flag. */
  readonly argument?: boolean;
  /** A path: relative ones in a config file start at that file's folder. */
  readonly path?: boolean;
  /** Trainers that do not have it refuse it. */
  readonly exclusive?: boolean;
}

/** Metadata of every setting, keyed by its schema. */
export const optionRegistry = z.registry<OptionMeta>();

/**
 * Registers the settings of one group. Each method takes the schema, the value's placeholder in help and the
 * description, and gives the schema back; its name says how the setting is read from text.
 */
export function settingsOf(group: OptionGroup) {
  const reader =
    (form: TextForm) =>
    <S extends z.ZodType>(schema: S, value: string, description: string, more: Partial<OptionMeta> = {}): S => {
      optionRegistry.add(schema, { description, group, form, value, ...more });
      return schema;
    };
  return {
    text: reader('text'),
    number: reader('number'),
    range: reader('range'),
    list: reader('list'),
    items: reader('items'),
    record: reader('record'),
    weights: reader('weights'),
    boolean<S extends z.ZodType>(schema: S, description: string): S {
      optionRegistry.add(schema, { description, group, form: 'boolean' });
      return schema;
    },
  };
}

/** `topK` → `top-k`. */
export function toKebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `top-k`, `top_k` or `TOP_K` → `topK`; a name that is camelCase already stays as it is. */
export function toCamelCase(name: string): string {
  const lower = /[-_]/.test(name) ? name.toLowerCase() : name;
  return lower.replace(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
