import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { RlpromptError } from '../../../../errors.js';
import { factsOf } from '../../../../files/read/facts-of.js';
import type { OnnxTensor } from '../proto.js';
import type { FileRange } from './model-file-types.js';

/** TensorProto.DataLocation.EXTERNAL. */
export const EXTERNAL = 1;

/**
 * Where a tensor with external data lies. The file must be inside the model's folder and be no hard link; a symbolic
 * link is followed only in the hub cache's layout, where the model file itself is a link into the same folder.
 */
export function externalRange(modelPath: string, tensor: OnnxTensor, length: number): FileRange {
  const entries = new Map(tensor.externalData?.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const path = join(dirname(modelPath), location);
  const stat = checkLocation(modelPath, location, path, tensor);
  const offset = byteCount(entries.get('offset') ?? '0');
  const given = byteCount(entries.get('length') ?? String(length));
  if (given !== length) {
    const message = `tensor ${tensor.name} needs ${length} bytes, the file gives it ${entries.get('length')}`;
    const next = 'download or export the model again';
    throw new RlpromptError({ code: 'E_MODEL_CORRUPT', exit: 'data', message, where: modelPath, next });
  }
  if (!(offset + length <= stat.size)) {
    throw new RlpromptError({
      code: 'E_MODEL_EXTERNAL_SHORT',
      exit: 'data',
      message: `${location} has ${stat.size} bytes, tensor ${tensor.name} needs bytes ${offset} to ${offset + length}`,
      where: path,
      next: 'download or export the model again, all its files',
    });
  }
  return { path, offset, length };
}

function checkLocation(modelPath: string, location: string, path: string, tensor: OnnxTensor): Stats {
  const outside = (reason: string) =>
    new RlpromptError({
      code: 'E_MODEL_PATH',
      exit: 'data',
      message: `tensor ${tensor.name} points to ${JSON.stringify(location)}, ${reason}`,
      where: modelPath,
      next: 'use a model whose data files lie beside it',
    });
  if (location === '' || location.includes('\0')) throw outside('which is no file name');
  if (isAbsolute(location) || isOutside(dirname(modelPath), path)) throw outside("outside the model's folder");
  const link = lstatSync(path, { throwIfNoEntry: false });
  const stat = factsOf(path);
  if (!link || !stat?.isFile()) throw missing(modelPath, location, path);
  if (stat.nlink > 1) throw outside('which is a hard link: another file has the same content');
  const real = realpathSync(path);
  const folders = [realpathSync(dirname(modelPath)), dirname(realpathSync(modelPath))];
  if (folders.every((folder) => isOutside(folder, real)))
    throw outside(`a link to ${real}, outside the model's folder`);
  return stat;
}

function missing(modelPath: string, location: string, path: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_EXTERNAL_MISSING',
    exit: 'missingInput',
    message: `the model keeps its weights in ${location}, which is not there`,
    where: path,
    next: `put ${location} beside ${modelPath}`,
  });
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function byteCount(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
