import * as z from 'zod';
import { optionRegistry } from '../options/option.js';
import { LIST_FILES } from './files/list-files.js';
import { optionMeta, type RunConfigKey, runConfigSchema } from './run-config.js';

/** JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function runConfigJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(runConfigSchema, {
    io: 'input',
    metadata: optionRegistry,
    override: ({ jsonSchema, path }) => {
      const [properties, key] = path;
      if (path.length !== 2 || properties !== 'properties' || key === undefined) return;
      // The registry holds what flags need as well; a schema keeps the description.
      const { description, ...ofFlags } = optionMeta(key as RunConfigKey);
      for (const name of Object.keys(ofFlags)) delete jsonSchema[name];
      jsonSchema.description = description;
      if (key in LIST_FILES) allowPath(jsonSchema);
    },
  });
  return { ...schema, title: 'rlprompt configuration', required: [] };
}

/** A list may be given as the path of the file that holds it. */
function allowPath(jsonSchema: Record<string, unknown>): void {
  const { description, ...list } = jsonSchema;
  for (const name of Object.keys(list)) delete jsonSchema[name];
  Object.assign(jsonSchema, { anyOf: [list, { type: 'string', minLength: 1 }] });
}
