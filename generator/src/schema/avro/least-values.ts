import type { Json } from '../ast.ts';
import { makeObject } from '../json.ts';
import { type AvroSchema, type AvroType, branchName, type UnionType } from './types.ts';

/** More parts than a reader of the report would look at, and than a judge need be asked about. */
const mostParts = 20_000;

/**
 * A small value for every type below a root, in the JSON encoding. Types are settled from the leaves up, each once, so
 * recursive types cost no more than others; a type that is never settled has no value that ends.
 */
export class LeastValues {
  /** Parts of the value; `Infinity` when they are too many to count. */
  readonly #parts = new Map<AvroType, number>();
  readonly #chosen = new Map<UnionType, AvroType>();

  constructor(root: AvroType) {
    const users = new Map<AvroType, AvroType[]>();
    const waiting = new Map<AvroType, number>();
    const settled: AvroType[] = [];
    const settle = (type: AvroType, parts: number): void => {
      this.#parts.set(type, parts);
      settled.push(type);
    };
    const open = [root];
    const seen = new Set(open);
    for (let type = open.pop(); type !== undefined; type = open.pop()) {
      const needed = needs(type);
      if (needed.length === 0) {
        if (isWritable(type)) settle(type, type.kind === 'fixed' ? type.size + 1 : 1);
      } else waiting.set(type, type.kind === 'union' ? 1 : needed.length);
      // The last is put on top: what comes first in the schema is settled first, and preferred.
      for (const below of children(type).toReversed()) {
        if (needed.length > 0) {
          const others = users.get(below);
          if (others) others.push(type);
          else users.set(below, [type]);
        }
        if (seen.has(below)) continue;
        seen.add(below);
        open.push(below);
      }
    }
    for (let next = 0; next < settled.length; next++) {
      const below = settled[next] as AvroType;
      for (const type of users.get(below) ?? []) {
        const left = (waiting.get(type) ?? 0) - 1;
        waiting.set(type, left);
        if (left !== 0) continue;
        if (type.kind === 'union') this.#chosen.set(type, below);
        settle(type, this.#count(type));
      }
    }
  }

  /** Whether a value of the type can be written down. */
  standing(type: AvroType): 'written' | 'never ends' | 'too large' {
    const parts = this.#parts.get(type);
    if (parts === undefined) return 'never ends';
    return parts > mostParts ? 'too large' : 'written';
  }

  /** Only of a type that stands as `written`. */
  of(type: AvroType): Json {
    switch (type.kind) {
      case 'null':
        return null;
      case 'boolean':
        return true;
      case 'int':
      case 'long':
        return 1;
      case 'float':
      case 'double':
        return 0.5;
      case 'string':
        return 'text';
      case 'bytes':
        return '\u0001';
      case 'fixed':
        return '\u0001'.padStart(type.size, '\u0000').slice(0, type.size);
      case 'enum':
        return type.symbols[0] ?? '';
      case 'array':
        return [];
      case 'map':
        return {};
      case 'union': {
        const branch = this.#chosen.get(type);
        if (branch === undefined) throw new Error('a value of a union that has none');
        return inBranch(branch, this.of(branch));
      }
      case 'record':
        return makeObject(type.fields.map((field) => [field.name, this.of(field.type)] as const));
    }
  }

  #count(type: AvroType): number {
    const needed = type.kind === 'union' ? [this.#chosen.get(type) as AvroType] : needs(type);
    const parts = needed.reduce((sum, below) => sum + (this.#parts.get(below) ?? 0), 1);
    return parts > mostParts ? Number.POSITIVE_INFINITY : parts;
  }
}

/** Is there a value of the schema that ends? */
export function canBeWritten({ root }: AvroSchema): boolean {
  return new LeastValues(root).standing(root) !== 'never ends';
}

/** A value of a union in the JSON encoding. */
export function inBranch(branch: AvroType, value: Json): Json {
  return branch.kind === 'null' ? null : makeObject([[branchName(branch), value]]);
}

/** Types without which there is no value: of a union one of them, of a record all. An array may be empty. */
function needs(type: AvroType): readonly AvroType[] {
  if (type.kind === 'union') return type.branches;
  return type.kind === 'record' ? type.fields.map((field) => field.type) : [];
}

function children(type: AvroType): readonly AvroType[] {
  if (type.kind === 'array') return [type.items];
  return type.kind === 'map' ? [type.values] : needs(type);
}

function isWritable(type: AvroType): boolean {
  return type.kind === 'union' ? false : type.kind !== 'enum' || type.symbols.length > 0;
}
