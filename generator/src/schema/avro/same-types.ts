import { equalJson } from '../json.ts';
import type { AvroField, AvroType } from './types.ts';

/**
 * Do two schemas mean the same to every writer and reader? Where types stand, `doc` and unknown attributes do not
 * count; names, order of fields, symbols and branches, aliases and defaults do.
 */
export function sameTypes(a: AvroType, b: AvroType): boolean {
  const known = new Map<AvroType, Set<AvroType>>();
  const open: [AvroType, AvroType][] = [[a, b]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = pair;
    if (known.get(one)?.has(other)) continue;
    // Assumed while its insides are compared: a cycle that meets no difference is the same.
    known.set(one, (known.get(one) ?? new Set()).add(other));
    if (JSON.stringify(own(one)) !== JSON.stringify(own(other)) || !sameDefaults(one, other)) return false;
    const [inside, insideOther] = [insides(one), insides(other)];
    if (inside.length !== insideOther.length) return false;
    for (const [index, type] of inside.entries()) open.push([type, insideOther[index] as AvroType]);
  }
  return true;
}

/** What a type says of itself. */
function own(type: AvroType): unknown {
  const { kind, logical } = type;
  switch (kind) {
    case 'record':
      return [kind, type.name, type.aliases, type.fields.map(({ name, aliases }) => [name, aliases])];
    case 'enum':
      return [kind, type.name, type.aliases, type.symbols, type.default];
    case 'fixed':
      return [kind, type.name, type.aliases, type.size, logical];
    default:
      return [kind, logical];
  }
}

function sameDefaults(one: AvroType, other: AvroType): boolean {
  if (one.kind !== 'record' || other.kind !== 'record') return true;
  return one.fields.every((field, index) => sameDefault(field, other.fields[index]));
}

function sameDefault({ default: one }: AvroField, other: AvroField | undefined): boolean {
  const theirs = other?.default;
  return one === undefined || theirs === undefined ? one === theirs : equalJson(one, theirs);
}

function insides(type: AvroType): readonly AvroType[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => field.type);
    case 'union':
      return type.branches;
    case 'array':
      return [type.items];
    case 'map':
      return [type.values];
    default:
      return [];
  }
}
