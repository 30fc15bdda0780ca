import type { Tensor } from 'onnxruntime-node';
import { halfToFloat } from '../graph/float16.js';

/** The values of a float tensor in single precision; half precision is widened. */
export function floatValues(tensor: Tensor): Float32Array {
  return tensor.type === 'float16' ? halfToFloat(rawHalves(tensor)) : (tensor.data as Float32Array);
}

/** The bits of a float16 tensor, whichever array type this version of Node gives. */
export function rawHalves(tensor: Tensor): Uint16Array {
  const data = tensor.data as Uint16Array;
  return data instanceof Uint16Array ? data : new Uint16Array((data as Uint16Array).buffer);
}
