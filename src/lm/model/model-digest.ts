import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { requireOrdinary } from '../../files/read-ordinary.js';

/** sha256 over the contents of a model's files, in the order given. */
export async function digestFiles(paths: readonly string[]): Promise<string> {
  const whole = createHash('sha256');
  for (const path of paths) {
    const hash = createHash('sha256');
    requireOrdinary(path);
    for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) hash.update(chunk as Buffer);
    whole.update(hash.digest());
  }
  return whole.digest('hex');
}
