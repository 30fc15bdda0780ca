import * as z from 'zod';
import { optionRegistry } from './option.js';
import { runConfigSchema } from './run-config.js';

/** JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function runConfigJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(runConfigSchema, {
    io: 'input',
    metadata: optionRegistry,
    override: ({ jsonSchema, path }) => {
      // The registry holds what flags need as well; a schema keeps the description.
      if (path.length === 2)
        for (const key of ['group', 'form', 'flag', 'short', 'value', 'paper', 'argument', 'path'])
          delete jsonSchema[key];
    },
  });
  return { ...schema, title: 'rlprompt configuration', required: [] };
}
