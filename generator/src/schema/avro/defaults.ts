import type { Json, JsonObject } from '../ast.ts';
import { isArray, isRecord } from '../json.ts';
import { fitsPrimitive } from './primitive-values.ts';
import type { AvroField, AvroType, RecordType } from './types.ts';

/** Judges the defaults of one schema, each once: records fill in the defaults of their fields, and share them. */
export class Defaults {
  readonly #judged = new Map<AvroField, string | undefined>();
  readonly #filling = new Set<AvroField>();

  /**
   * Why a field's default is none, one clause; undefined when it is one. A union takes the default of any of its
   * branches. A record in it may leave out fields that have defaults themselves.
   */
  problem(field: AvroField): string | undefined {
    if (field.default === undefined) return undefined;
    if (this.#judged.has(field)) return this.#judged.get(field);
    if (this.#filling.has(field)) return `fills '${field.name}' in without end`;
    this.#filling.add(field);
    const found = this.#problem(field.type, field.default);
    this.#filling.delete(field);
    this.#judged.set(field, found);
    return found;
  }

  #problem(type: AvroType, value: Json): string | undefined {
    switch (type.kind) {
      case 'union':
        return type.branches.some((branch) => this.#problem(branch, value) === undefined)
          ? undefined
          : 'fits no branch of the union';
      case 'array':
        return isArray(value) ? first(value, (item) => this.#problem(type.items, item)) : 'is no array';
      case 'map':
        return isRecord(value)
          ? first(members(value), ([, entry]) => this.#problem(type.values, entry))
          : 'is no object';
      case 'record':
        return isRecord(value) ? this.#recordProblem(type, new Map(members(value))) : 'is no object';
      case 'enum':
        return type.symbols.some((symbol) => symbol === value) ? undefined : 'is no symbol of the enum';
      default:
        return fitsPrimitive(type, value) ? undefined : `is no ${type.kind}`;
    }
  }

  #recordProblem({ fields }: RecordType, value: ReadonlyMap<string, Json>): string | undefined {
    return first(fields, (field) => {
      const written = value.get(field.name);
      if (written !== undefined) return this.#problem(field.type, written);
      return field.default === undefined ? `lacks the field '${field.name}'` : this.problem(field);
    });
  }
}

function members(value: JsonObject): [string, Json][] {
  return Object.entries(value) as [string, Json][];
}

function first<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
