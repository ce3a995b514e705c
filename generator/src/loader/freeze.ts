/**
 * Freezes plain objects and lists, deeply. What is in `maps` (parsed schemas are, cyclic as they may be) and what has
 * behaviour is left alone: its types already forbid writing.
 */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
