import { type OnnxValueInfo, toNumber, typeName } from './proto.js';

/** The declared dimensions of a value; free ones by name, undefined when nothing is declared. */
export function dimsOfValue(value: OnnxValueInfo): (number | string)[] | undefined {
  const shape = value.type?.tensorType?.shape;
  return shape?.dim.map((dim) => (Object.hasOwn(dim, 'dimValue') ? toNumber(dim.dimValue) : dim.dimParam || '?'));
}

/** The declared element type of a value. */
export function typeOfValue(value: OnnxValueInfo): string {
  return typeName(value.type?.tensorType?.elemType);
}
