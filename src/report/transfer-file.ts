import * as z from 'zod';
import type { TransferMatrix } from '../analysis/transfer.js';
import { RlpromptError } from '../errors.js';
import { utf8Text } from '../files/read/read-file.js';
import { readOrdinary } from '../files/read-ordinary.js';
import { shellWord } from '../shell-word.js';

const MATRIX = z
  .object({
    schemaVersion: z.literal(1),
    split: z.enum(['train', 'dev', 'test']),
    rows: z.array(z.object({ prompt: z.string(), origin: z.enum(['found', 'given', 'empty', 'manual']) })),
    columns: z.array(z.object({ task: z.string(), targetLm: z.string(), n: z.number() })),
    cells: z.array(z.array(z.object({ metrics: z.record(z.string(), z.number()), reward: z.number() }))),
  })
  .refine(
    ({ rows, columns, cells }) => cells.length === rows.length && cells.every((r) => r.length === columns.length),
  );

/**
 * Reads what `rlprompt transfer --json` printed.
 * @throws RlpromptError E_TRANSFER_FILE
 */
export function readTransferFile(path: string): TransferMatrix {
  let text: string;
  try {
    text = utf8Text(readOrdinary(path));
  } catch (cause) {
    throw unusable(path, 'missingInput', cause instanceof Error ? cause.message : String(cause), cause);
  }
  const parsed = MATRIX.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw unusable(path, 'data', 'it is not what "rlprompt transfer --json" prints', parsed.error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(path: string, exit: 'missingInput' | 'data', reason: string, cause: unknown): RlpromptError {
  return new RlpromptError({
    code: 'E_TRANSFER_FILE',
    exit,
    message: `the transfer matrix cannot be read: ${reason}`,
    where: path,
    next: `rlprompt transfer <run> --target MODEL --json > ${shellWord(path)}`,
    cause,
  });
}
