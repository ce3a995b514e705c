import type { Json } from '../../../schema/ast.ts';
import { sameJson } from '../../same-schema.ts';

/** The values that are not among the others; the order of an object's keys does not count. */
export function without(values: readonly Json[], others: readonly Json[]): readonly Json[] {
  const texts = new Set(others.map((value) => JSON.stringify(value)));
  const compound = others.filter((value) => typeof value === 'object');
  return values.filter(
    (value) =>
      !texts.has(JSON.stringify(value)) &&
      !(typeof value === 'object' && compound.some((other) => sameJson(value, other))),
  );
}
