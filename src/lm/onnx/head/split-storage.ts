import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { RlpromptError } from '../../../errors.js';
import { factsOf } from '../../../files/read/facts-of.js';
import { isRunning, quietly } from '../../../files/write/atomic-write.js';
import { makeFolder } from '../../../files/write/make-folder.js';
import { EXTERNAL } from '../graph/file/external-data.js';
import { INLINE_BYTES } from '../graph/file/model-file.js';
import type { ModelFile } from '../graph/file/model-file-types.js';
import { type TensorBytes, tensorBytes } from '../graph/file/tensor-bytes.js';
import { allTensors } from '../graph/graph-walk.js';
import { encodeModel, type OnnxModel, type OnnxTensor } from '../graph/proto.js';

/** Up to this size a split model is handed to the runtime as bytes; the runtime maps larger ones from disk. */
const IN_MEMORY_BYTES = 64 * 1024 * 1024;
/** The runtime maps external data; pages and vector units like tensors to start on such offsets. */
const ALIGNMENT = 4096;
const COPY_BYTES = 8 * 1024 * 1024;
const WEIGHTS_FILE = 'weights.bin';
const GRAPH_FILE = 'model.onnx';
/** Holds the path of the model that a cut was made of. */
const ORIGIN_FILE = 'origin.txt';

export type CutSource = { readonly path: string } | { readonly bytes: Uint8Array };

/**
 * Makes a split graph loadable. A small model becomes bytes with all weights inside. A large one becomes a folder of its
 * own in `cutFolder`: the graph, and one file with the aligned weights beside it, copied once and used again as long
 * as the model file has not changed.
 */
export async function storeCut(
  file: ModelFile,
  model: OnnxModel,
  cutFolder: string,
  inMemoryBytes = IN_MEMORY_BYTES,
): Promise<CutSource> {
  const contents = largeContents(file, model);
  const size = [...contents.values()].reduce((sum, content) => sum + content.length, 0);
  if (size <= inMemoryBytes) {
    for (const [tensor, content] of contents) setInline(tensor, content.read(0, content.length));
    const bytes = encodeModel(model);
    // The graph lives as long as the model does; its weights are in `bytes` now.
    for (const tensor of contents.keys()) tensor.rawData = new Uint8Array();
    return { bytes };
  }
  const total = layOut(contents);
  const bytes = encodeModel(model);
  const folder = join(cutFolder, keyOf(file, contents, bytes));
  if (!isComplete(folder, bytes, total)) await writeFolder(folder, { graph: bytes, origin: file.path }, contents);
  return { path: join(folder, GRAPH_FILE) };
}

/** The cuts in a folder that were made of models below `path`. */
export function cutsOf(cutFolder: string, path: string): string[] {
  if (!existsSync(cutFolder)) return [];
  return readdirSync(cutFolder)
    .map((name) => join(cutFolder, name))
    .filter((cut) => existsSync(join(cut, ORIGIN_FILE)))
    .filter((cut) => readFileSync(join(cut, ORIGIN_FILE), 'utf8').startsWith(join(path, sep)));
}

/** The tensors whose content is not in the graph: large ones, and those in other files. */
function largeContents(file: ModelFile, model: OnnxModel): Map<OnnxTensor, TensorBytes> {
  const contents = new Map<OnnxTensor, TensorBytes>();
  for (const tensor of allTensors(model.graph!)) {
    const isElsewhere = tensor.dataLocation === EXTERNAL || file.ranges.has(tensor) || file.contents?.has(tensor);
    if (isElsewhere) contents.set(tensor, tensorBytes(file, tensor));
  }
  return contents;
}

function setInline(tensor: OnnxTensor, bytes: Uint8Array): void {
  tensor.rawData = bytes;
  tensor.externalData = [];
  tensor.dataLocation = 0;
}

/** Points the tensors to their places in the weights file; small ones go back into the graph. @returns its size */
function layOut(contents: Map<OnnxTensor, TensorBytes>): number {
  let end = 0;
  for (const [tensor, content] of contents) {
    if (content.length <= INLINE_BYTES) {
      setInline(tensor, content.read(0, content.length));
      contents.delete(tensor);
      continue;
    }
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = offset + content.length;
    tensor.dataLocation = EXTERNAL;
    tensor.externalData = Object.entries({ location: WEIGHTS_FILE, offset, length: content.length }).map(
      ([key, value]) => ({ key, value: String(value) }),
    );
  }
  return end;
}

/** Changes with the files the weights come from (name, size, time of change) and with the graph made of them. */
function keyOf(file: ModelFile, contents: Map<OnnxTensor, TensorBytes>, graph: Uint8Array): string {
  const hash = createHash('sha256').update(graph);
  const paths = new Set([file.path, ...[...contents.values()].flatMap(({ range }) => (range ? [range.path] : []))]);
  for (const path of paths) {
    const { size, mtimeNs, ino } = statSync(path, { bigint: true });
    hash.update(`\0${path}\0${size}\0${mtimeNs}\0${ino}`);
  }
  return hash.digest('hex').slice(0, 32);
}

function isComplete(folder: string, graph: Uint8Array, weightBytes: number): boolean {
  const [graphPath, weightsPath] = [join(folder, GRAPH_FILE), join(folder, WEIGHTS_FILE)];
  if (!existsSync(graphPath) || factsOf(weightsPath)?.size !== weightBytes) return false;
  return Buffer.compare(readFileSync(graphPath), graph) === 0;
}

/** A folder that is being written; its name has the number of the process that writes it. */
const DRAFT_NAME = /\.(\d+)-[0-9a-f]{12}\.tmp$/;
/** Milliseconds. Processes of another machine or container, which cannot be seen from here, have written theirs by then. */
const DRAFT_AGE = 60 * 60_000;

/** Removes what a process that was stopped while it wrote has left: as much as a model. */
function removeDeadDrafts(cutFolder: string): void {
  if (!existsSync(cutFolder)) return;
  for (const name of readdirSync(cutFolder)) {
    const pid = Number(DRAFT_NAME.exec(name)?.[1]);
    const draft = join(cutFolder, name);
    if (!(pid > 0) || isRunning(pid)) continue;
    quietly(() => {
      if (Date.now() - statSync(draft).mtimeMs > DRAFT_AGE) rmSync(draft, { recursive: true, force: true });
    });
  }
}

/** Writes beside the final place and renames, so that a cut folder is whole or not there. */
async function writeFolder(
  folder: string,
  { graph, origin }: { graph: Uint8Array; origin: string },
  contents: Map<OnnxTensor, TensorBytes>,
): Promise<void> {
  const draft = `${folder}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  try {
    removeDeadDrafts(dirname(folder));
    makeFolder(draft);
    await writeWeights(join(draft, WEIGHTS_FILE), contents);
    writeFileSync(join(draft, ORIGIN_FILE), origin);
    writeFileSync(join(draft, GRAPH_FILE), graph, { flush: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } catch (cause) {
    if (existsSync(draft)) rmSync(draft, { recursive: true });
    // Another process may have put the same folder there in the meantime.
    if (existsSync(join(folder, GRAPH_FILE))) return;
    if (cause instanceof RlpromptError) throw cause;
    throw new RlpromptError({
      code: 'E_CUT_WRITE',
      exit: 'cannotCreate',
      message: `the model without its output layer could not be written (${(cause as Error).message})`,
      where: folder,
      kept: 'the model itself is untouched',
      next: 'free space there, or set RLPROMPT_CACHE_DIR to a folder with room for the model',
      cause,
    });
  }
}

async function writeWeights(path: string, contents: Map<OnnxTensor, TensorBytes>): Promise<void> {
  const target = await open(path, 'wx');
  try {
    for (const [tensor, content] of contents) {
      const offset = Number(tensor.externalData!.find(({ key }) => key === 'offset')!.value);
      for (let done = 0; done < content.length; done += COPY_BYTES) {
        await writeFully(target, content.read(done, Math.min(COPY_BYTES, content.length - done)), offset + done);
      }
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

async function writeFully(target: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await target.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
