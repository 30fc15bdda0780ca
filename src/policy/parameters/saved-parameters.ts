import type { AdamState } from './adam.js';
import { type MlpParameters, PARAMETER_NAMES } from './mlp-parameters.js';

/** Arrays of a checkpoint or a policy file by name. */
export type SavedArrays = Readonly<Record<string, Float32Array>>;

/** Copies, so that a state that was saved does not change when training continues. */
export function named(prefix: string, parameters: MlpParameters): Record<string, Float32Array> {
  return Object.fromEntries(PARAMETER_NAMES.map((name) => [`${prefix}.${name}`, parameters[name].slice()]));
}

/** The other way round: the parameters that `named` wrote under a prefix. */
export function unnamed(prefix: string, arrays: SavedArrays): MlpParameters {
  const found = PARAMETER_NAMES.map((name) => [name, saved(arrays, `${prefix}.${name}`)]);
  return Object.fromEntries(found) as MlpParameters;
}

/** Copies the parameters that `named` wrote under a prefix into those that are there. */
export function fill(prefix: string, parameters: MlpParameters, arrays: SavedArrays): void {
  for (const name of PARAMETER_NAMES) parameters[name].set(saved(arrays, `${prefix}.${name}`));
}

/** Copies of both moments of Adam; how many updates it did is for the caller to save. */
export function namedMoments(prefix: string, { firstMoments, secondMoments }: AdamState): Record<string, Float32Array> {
  return { ...named(`${prefix}.first`, firstMoments), ...named(`${prefix}.second`, secondMoments) };
}

/** Copies the moments that `namedMoments` wrote under a prefix into those that are there. */
export function fillMoments(prefix: string, { firstMoments, secondMoments }: AdamState, arrays: SavedArrays): void {
  fill(`${prefix}.first`, firstMoments, arrays);
  fill(`${prefix}.second`, secondMoments, arrays);
}

/** [rows, columns] of the matrices among saved arrays: those called w1 or w2 that were saved with a bias b1. */
export function matrixShapes(arrays: SavedArrays): Record<string, [rows: number, columns: number]> {
  const shapes = Object.entries(arrays).flatMap(([name, { length }]) => {
    const [, prefix = '', layer] = /^(.*\.)w([12])$/.exec(name) ?? [];
    const inner = arrays[`${prefix}b1`]?.length;
    if (!layer || !inner) return [];
    return [[name, layer === '1' ? [length / inner, inner] : [inner, length / inner]]];
  });
  return Object.fromEntries(shapes) as Record<string, [number, number]>;
}

/** @throws TypeError for an array that the checkpoint does not have */
export function saved(arrays: SavedArrays, name: string): Float32Array {
  const array = arrays[name];
  if (!array) throw new TypeError(`the checkpoint has no array ${name}`);
  return array;
}
