import type { Json } from '../../../generator/src/schema/index.ts';
import type { Random } from '../random.ts';
import { isList, isObject, type Path, replaceAt, without } from '../schemas/places.ts';
import { names } from '../world.ts';
import { randomValue } from './random-value.ts';

/** A value that differs from the given one in a single place: where two close schemas tell values apart. */
export function nearValue(random: Random, value: Json): Json {
  const { path, inner } = random.pick(partsOf(value));
  return replaceAt(value, path, changed(random, inner));
}

function partsOf(value: Json): { readonly path: Path; readonly inner: Json }[] {
  const parts: { path: Path; inner: Json }[] = [{ path: [], inner: value }];
  for (const { path, inner } of parts) {
    if (parts.length > 200) break;
    if (isList(inner)) inner.forEach((item, index) => void parts.push({ path: [...path, index], inner: item }));
    else if (isObject(inner)) {
      for (const [name, member] of Object.entries(inner)) parts.push({ path: [...path, name], inner: member });
    }
  }
  return parts;
}

function changed(random: Random, value: Json): Json {
  if (random.chance(0.2)) return randomValue(random, 1);
  if (typeof value === 'number') return value + random.pick([1, -1, 0.5, 0.25]);
  if (typeof value === 'string') return random.chance(0.5) ? `${value}a` : [...value].slice(1).join('');
  if (typeof value === 'boolean') return !value;
  if (isList(value)) {
    const at = random.below(value.length + 1);
    if (random.chance(0.5)) return value.filter((_, index) => index !== at);
    return [...value.slice(0, at), value[at] ?? randomValue(random, 0), ...value.slice(at)];
  }
  if (!isObject(value)) return randomValue(random, 0);
  const own = Object.keys(value);
  if (own.length > 0 && random.chance(0.5)) return without(value, random.pick(own));
  return { ...value, [random.pick(names)]: randomValue(random, 1) };
}
