/**
 * The elements at some places of a list, in the order of the places.
 * @throws RangeError for a place that the list does not have
 */
export function pick<T>(values: ArrayLike<T>, places: readonly number[]): T[] {
  return places.map((place) => {
    if (!(place in values)) throw new RangeError(`a list of ${values.length} has no element ${place}`);
    return values[place] as T;
  });
}
