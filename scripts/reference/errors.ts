import { ERROR_CODES, type ErrorCode } from '../../src/error-codes.js';
import { EXIT_CODES } from '../../src/errors.js';
import { exitCodesByError } from './exit-codes.js';
import { code, heading, table } from './table.js';

const INTRODUCTION = `The last line on standard error of each failing command is
\`rlprompt: E_CODE: what · where · what is kept · what to do next\`. Scripts may rely on codes and exit codes; texts may change.`;

export function errorsPage(): string {
  const exits = exitCodesByError();
  const rows = (Object.keys(ERROR_CODES) as ErrorCode[])
    .sort()
    .map((name) => [code(name), (exits.get(name) ?? []).join(', '), ...ERROR_CODES[name]]);
  const reasons = Object.entries(EXIT_CODES).map(([reason, value]) => [String(value), code(reason)]);
  return [
    heading('Errors', INTRODUCTION),
    table(['code', 'exit', 'meaning', 'what to do next'], rows),
    '\n## Exit codes\n',
    table(['exit', 'name in the code'], reasons),
    '',
  ].join('\n');
}
