import { logicalName } from './logical-types.ts';
import type { AvroType } from './types.ts';

/** A type in a few words: `int`, `array of string`, `enum Status`, `fixed Id of 16 bytes`, `union of null and long`. */
export function typeText(type: AvroType): string {
  switch (type.kind) {
    case 'array':
      return `array of ${inner(type.items)}`;
    case 'map':
      return `map of ${inner(type.values)}`;
    case 'union':
      return type.branches.length === 0 ? 'union of nothing' : `union of ${listed(type.branches.map(inner))}`;
    case 'fixed':
      return `fixed ${type.name} of ${type.size} bytes${carrying(type)}`;
    case 'record':
    case 'enum':
      return `${type.kind} ${type.name}`;
    default:
      return `${type.kind}${carrying(type)}`;
  }
}

/** Inside of another type, named types go by their names and what is nested further by its kind. */
function inner(type: AvroType): string {
  if (type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed') return type.name;
  return `${type.kind}${carrying(type)}`;
}

function carrying({ logical }: AvroType): string {
  return logical ? ` (${logicalName(logical)})` : '';
}

function listed(names: readonly string[]): string {
  const shown = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
