// Preloaded with --import: the command that STUB_COMMAND names does what STUB_ACTION says, in place of its own work.
import { register } from 'node:module';

const hooks = `
export async function load(url, context, next) {
  if (!url.endsWith('/' + process.env.STUB_COMMAND + '.js') || !url.includes('/cli/commands/')) return await next(url, context);
  const action = process.env.STUB_ACTION;
  const source = \`export function configure(command) {
    command.allowUnknownOption().allowExcessArguments().action(async () => { \${action} });
  }\`;
  return { format: 'module', shortCircuit: true, source };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
