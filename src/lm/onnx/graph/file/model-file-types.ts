import type { OnnxModel, OnnxTensor } from '../proto.js';

/** Where a tensor's content lies in a file. */
export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Content that is made when it is read. */
export interface MadeContent {
  readonly length: number;
  read(offset: number, length: number): Uint8Array;
}

/** An ONNX file whose large tensors stay on disk: their `rawData` is missing, `ranges` says where it is. */
export interface ModelFile {
  readonly path: string;
  readonly size: number;
  readonly model: OnnxModel & { graph: NonNullable<OnnxModel['graph']> };
  readonly ranges: ReadonlyMap<OnnxTensor, FileRange>;
  /** Tensors that are made of what a file of another format holds. */
  readonly contents?: ReadonlyMap<OnnxTensor, MadeContent>;
}
