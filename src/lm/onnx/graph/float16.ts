const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

let table: Float32Array | undefined;

/** The 65,536 values of IEEE half precision, by their bits. */
function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfValue(bits));
  return table;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A half-precision number (as its bits); exact. */
export function halfNumber(bits: number): number {
  return halfTable()[bits]!;
}

/** Half-precision numbers (as their bits) in single precision; exact. */
export function halfToFloat(bits: Uint16Array): Float32Array {
  const values = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = values[bits[i]!]!;
  return out;
}

/** bfloat16 numbers (as their bits) in single precision; exact. */
export function bfloatToFloat(bits: Uint16Array): Float32Array {
  const wide = Uint32Array.from(bits, (value) => value << 16);
  return new Float32Array(wide.buffer);
}

/** Rounds to the nearest half-precision number, ties to even, as a Cast to float16 does; in place. */
export function roundToHalf(values: Float32Array): Float32Array {
  const halves = halfTable();
  for (let i = 0; i < values.length; i++) values[i] = halves[halfBits(values[i]!)]!;
  return values;
}

/** The bits of the half-precision number nearest to `value`, ties to even. */
export function halfBits(value: number): number {
  float32[0] = value;
  const sign = (bits32[0]! >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  // 65520 lies halfway between the largest half and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const step = 2 ** (exponent - 10);
  const whole = roundHalfToEven(magnitude / step);
  return sign + (magnitude < 2 ** -14 ? whole : ((exponent + 15) << 10) + (whole - 1024));
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
