const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * A number of a JSON file as the Rust library reads it: the digits as one integer, divided by a power of ten. That rounds
 * twice, so that the last bit can be another than JavaScript's; it decides between paths that are equally likely.
 */
export function asLibraryNumber(value: number): number {
  const parts = DECIMAL.exec(String(value));
  if (!parts) return value;
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts;
  const exponent = Number(power) - fraction.length;
  const digits = Number(whole + fraction);
  const scale = Number(`1e${Math.abs(exponent)}`);
  return (sign === '-' ? -1 : 1) * (exponent < 0 ? digits / scale : digits * scale);
}
