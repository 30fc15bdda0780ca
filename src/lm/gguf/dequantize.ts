import { bfloatToFloat, halfNumber, halfToFloat } from '../onnx/graph/float16.js';
import type { TensorType, TensorTypeName } from './tensor-types.js';

/** A view of blocks, and the half-precision numbers in them. */
interface Blocks {
  readonly bytes: Uint8Array;
  half(at: number): number;
}

/** Writes the numbers of the block at byte `at` to `out` from `to` on. */
type ReadBlock = (blocks: Blocks, at: number, out: Float32Array, to: number) => void;

/** The numbers of some whole blocks, in float32: those that llama.cpp computes with. */
export function dequantize({ name, blockSize, blockBytes }: TensorType, bytes: Uint8Array): Float32Array {
  const aligned = Uint8Array.from(bytes);
  if (name === 'F32') return new Float32Array(aligned.buffer);
  if (name === 'F16') return halfToFloat(new Uint16Array(aligned.buffer));
  if (name === 'BF16') return bfloatToFloat(new Uint16Array(aligned.buffer));
  const view = new DataView(aligned.buffer);
  const half = (at: number) => halfNumber(view.getUint16(at, true));
  const count = bytes.length / blockBytes;
  const out = new Float32Array(count * blockSize);
  const read = READERS[name];
  for (let block = 0; block < count; block++) {
    read({ bytes: aligned, half }, block * blockBytes, out, block * blockSize);
  }
  return out;
}

/** Blocks of 32 numbers: a scale, perhaps a least value, perhaps a fifth bit for each, and four bits for each. */
function smallBlock(hasLeast: boolean, hasFifth: boolean): ReadBlock {
  return ({ bytes, half }, at, out, to) => {
    const scale = half(at);
    const least = hasLeast ? half(at + 2) : scale * (hasFifth ? -16 : -8);
    const fifths = at + (hasLeast ? 4 : 2);
    const quants = fifths + (hasFifth ? 4 : 0);
    for (let i = 0; i < 32; i++) {
      const byte = bytes[quants + (i & 15)]!;
      const low = i < 16 ? byte & 15 : byte >> 4;
      const fifth = hasFifth ? (bytes[fifths + (i >> 3)]! >> (i & 7)) & 1 : 0;
      out[to + i] = scale * (low + 16 * fifth) + least;
    }
  };
}

const readQ8: ReadBlock = ({ bytes, half }, at, out, to) => {
  const scale = half(at);
  for (let i = 0; i < 32; i++) out[to + i] = scale * signed(bytes[at + 2 + i]!);
};

/** 256 numbers in groups of 32, each with a scale and a least value of six bits, packed into twelve bytes. */
function largeBlock(hasFifth: boolean): ReadBlock {
  return ({ bytes, half }, at, out, to) => {
    const [scale, least] = [half(at), half(at + 2)];
    const scales = at + 4;
    const fifths = scales + 12;
    const quants = fifths + (hasFifth ? 32 : 0);
    for (let group = 0; group < 8; group++) {
      const [own, ownLeast] = sixBits(bytes, scales, group);
      const [step, shift] = [scale * own, least * ownLeast];
      for (let i = 0; i < 32; i++) {
        const byte = bytes[quants + (group >> 1) * 32 + i]!;
        const low = group % 2 === 0 ? byte & 15 : byte >> 4;
        const fifth = hasFifth ? (bytes[fifths + i]! >> group) & 1 : 0;
        out[to + group * 32 + i] = step * (low + 16 * fifth) - shift;
      }
    }
  };
}

function sixBits(bytes: Uint8Array, at: number, group: number): [scale: number, least: number] {
  const byte = (i: number) => bytes[at + i]!;
  if (group < 4) return [byte(group) & 63, byte(group + 4) & 63];
  return [(byte(group + 4) & 15) | ((byte(group - 4) >> 6) << 4), (byte(group + 4) >> 4) | ((byte(group) >> 6) << 4)];
}

/** 256 numbers of six bits in groups of 16 with a signed scale: four low bits, then two high bits, then the scales. */
const readQ6: ReadBlock = ({ bytes, half }, at, out, to) => {
  const [high, scales] = [at + 128, at + 192];
  const scale = half(at + 208);
  for (let i = 0; i < 256; i++) {
    const [part, column, quarter] = [i >> 7, i & 31, (i >> 5) & 3];
    const byte = bytes[at + part * 64 + (quarter & 1) * 32 + column]!;
    const low = quarter < 2 ? byte & 15 : byte >> 4;
    const top = (bytes[high + part * 32 + column]! >> (2 * quarter)) & 3;
    out[to + i] = scale * signed(bytes[scales + (i >> 4)]!) * (low + 16 * top - 32);
  }
};

function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}

const READERS: Readonly<Record<Exclude<TensorTypeName, 'F32' | 'F16' | 'BF16'>, ReadBlock>> = {
  Q4_0: smallBlock(false, false),
  Q4_1: smallBlock(true, false),
  Q5_0: smallBlock(false, true),
  Q5_1: smallBlock(true, true),
  Q8_0: readQ8,
  Q4_K: largeBlock(false),
  Q5_K: largeBlock(true),
  Q6_K: readQ6,
};
