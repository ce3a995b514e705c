import type { Json, JsonObject } from '../ast.ts';
import { isArray, isRecord } from '../json.ts';
import { Defaults } from './defaults.ts';
import { logicalTypeOf } from './logical-types.ts';
import { fullname, isFullname, isName, isNamespace, isPrimitive, namespaceOf } from './names.ts';
import {
  type AvroField,
  type AvroProblem,
  type AvroSchema,
  type AvroType,
  branchName,
  type NamedType,
} from './types.ts';

/** Levels of types inside of types. What nests deeper was written to do harm. */
const deepest = 500;

/**
 * Reads a schema as the specification has it: names resolved in their namespaces, every problem with its place.
 * Undefined when there was one.
 */
export function parseAvro(raw: unknown): readonly [AvroSchema | undefined, readonly AvroProblem[]] {
  const parser = new Parser();
  const root = parser.type(raw as Json, '', '', 0);
  parser.checkDefaults();
  const { problems, size } = parser;
  return root === undefined || problems.length > 0 ? [undefined, problems] : [{ root, raw: raw as Json, size }, []];
}

/** Where a named type is being read, and what it says of itself. */
interface Definition {
  readonly raw: JsonObject;
  readonly at: string;
  readonly name: string;
  readonly aliases: readonly string[];
}

class Parser {
  readonly problems: AvroProblem[] = [];
  size = 0;
  readonly #named = new Map<string, NamedType>();
  /** Checked at the end: a default may need types that are defined behind it. */
  readonly #defaulted: AvroField[] = [];
  #isTooDeep = false;

  type(raw: Json | undefined, at: string, namespace: string, depth: number): AvroType | undefined {
    this.size += 1;
    if (depth > deepest) {
      if (!this.#isTooDeep) this.#problem(at, 'Types are nested too deeply.');
      this.#isTooDeep = true;
      return undefined;
    }
    if (typeof raw === 'string') return this.#reference(raw, at, namespace);
    if (raw !== undefined && isArray(raw)) return this.#union(raw, at, namespace, depth);
    if (raw === undefined || !isRecord(raw))
      return this.#problem(at, 'A type is a name, an object with `type`, or an array of types.');
    return this.#object(raw, at, namespace, depth);
  }

  checkDefaults(): void {
    if (this.problems.length > 0) return;
    const defaults = new Defaults();
    for (const field of this.#defaulted) {
      const problem = defaults.problem(field);
      if (problem !== undefined) this.#problem(`${field.at}/default`, `The default of '${field.name}' ${problem}.`);
    }
  }

  #problem(at: string, message: string): undefined {
    this.problems.push({ at, message });
  }

  #reference(name: string, at: string, namespace: string): AvroType | undefined {
    if (isPrimitive(name)) return { kind: name, at };
    // Apache's parsers look in the null namespace too, and schemas rely on it.
    const found = this.#named.get(fullname(name, namespace)) ?? this.#named.get(name);
    return found ?? this.#problem(at, `'${cut(name)}' is neither a type of Avro nor defined before this place.`);
  }

  #union(raw: readonly Json[], at: string, namespace: string, depth: number): AvroType | undefined {
    const branches: AvroType[] = [];
    const seen = new Set<string>();
    for (const [index, branch] of raw.entries()) {
      const place = `${at}/${index}`;
      const type = this.type(branch, place, namespace, depth + 1);
      if (type === undefined) continue;
      const name = branchName(type);
      if (type.kind === 'union') this.#problem(place, 'A union stands directly in a union.');
      else if (seen.has(name)) this.#problem(place, `The union has two branches of the type '${cut(name)}'.`);
      seen.add(name);
      branches.push(type);
    }
    return branches.length === raw.length ? { kind: 'union', at, branches } : undefined;
  }

  #object(raw: JsonObject, at: string, namespace: string, depth: number): AvroType | undefined {
    const { type: kind } = raw;
    switch (kind) {
      case 'record':
      case 'error':
      case 'enum':
      case 'fixed':
        return this.#define(kind, raw, at, namespace, depth);
      case 'array': {
        const items = this.type(raw.items, `${at}/items`, namespace, depth + 1);
        return items && { kind, at, items };
      }
      case 'map': {
        const values = this.type(raw.values, `${at}/values`, namespace, depth + 1);
        return values && { kind, at, values };
      }
      case undefined:
        return this.#problem(at, 'A type that is an object needs `type`.');
      default:
        if (typeof kind !== 'string' || !isPrimitive(kind)) return this.type(kind, `${at}/type`, namespace, depth + 1);
        return { kind, at, ...logical(raw, kind) };
    }
  }

  #define(
    kind: 'record' | 'error' | 'enum' | 'fixed',
    raw: JsonObject,
    at: string,
    namespace: string,
    depth: number,
  ): NamedType | undefined {
    const name = this.#nameOf(raw, at, namespace);
    if (name === undefined) return undefined;
    if (this.#named.has(name)) return this.#problem(`${at}/name`, `'${cut(name)}' is defined twice.`);
    const definition = { raw, at, name, aliases: this.#aliases(raw, at).map((a) => fullname(a, namespaceOf(name))) };
    if (kind === 'enum') return this.#enum(definition);
    return kind === 'fixed' ? this.#fixed(definition) : this.#record(definition, depth);
  }

  #nameOf(raw: JsonObject, at: string, enclosing: string): string | undefined {
    const { name, namespace = enclosing } = raw;
    if (typeof name !== 'string') return this.#problem(at, 'A record, an enum or a fixed needs a `name`.');
    if (typeof namespace !== 'string' || !isNamespace(namespace))
      return this.#problem(`${at}/namespace`, 'A namespace is names with dots between them.');
    const full = fullname(name, namespace);
    return isFullname(full) ? full : this.#problem(`${at}/name`, `'${cut(full)}' cannot be the name of a type.`);
  }

  #aliases({ aliases = [] }: JsonObject, at: string): readonly string[] {
    const list = isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [];
    if (!isArray(aliases) || list.length < aliases.length) this.#problem(`${at}/aliases`, '`aliases` lists names.');
    return list;
  }

  #record({ raw, at, name, aliases }: Definition, depth: number): NamedType | undefined {
    const fields: AvroField[] = [];
    const record: NamedType = { kind: 'record', at, name, aliases, fields };
    // Named before its fields are read: they may refer to it.
    this.#named.set(name, record);
    const { fields: written } = raw;
    if (written === undefined || !isArray(written)) return this.#problem(at, 'A record needs a list of `fields`.');
    const names = new Set<string>();
    for (const [index, entry] of written.entries()) {
      const field = this.#field(entry, `${at}/fields/${index}`, namespaceOf(name), depth);
      if (field === undefined) continue;
      if (names.has(field.name)) this.#problem(`${field.at}/name`, `'${field.name}' is a field twice.`);
      names.add(field.name);
      fields.push(field);
    }
    return record;
  }

  #field(raw: Json, at: string, namespace: string, depth: number): AvroField | undefined {
    if (!isRecord(raw)) return this.#problem(at, 'A field is an object with `name` and `type`.');
    const { name, type: written, default: standIn } = raw;
    if (typeof name !== 'string' || !isName(name))
      return this.#problem(at, 'A field needs a `name` of letters, digits and underscores that begins with no digit.');
    if (written === undefined) return this.#problem(at, `The field '${cut(name)}' needs a \`type\`.`);
    const aliases = this.#aliases(raw, at);
    const type = this.type(written, `${at}/type`, namespace, depth + 1);
    if (type === undefined) return undefined;
    if (standIn === undefined) return { at, name, aliases, type };
    const field = { at, name, aliases, type, default: standIn };
    this.#defaulted.push(field);
    return field;
  }

  #enum({ raw, at, name, aliases }: Definition): NamedType | undefined {
    const { symbols, default: fallback } = raw;
    const list =
      symbols !== undefined && isArray(symbols) ? symbols.filter((symbol) => typeof symbol === 'string') : [];
    if (symbols === undefined || !isArray(symbols) || list.length < symbols.length)
      return this.#problem(at, `'${cut(name)}' needs \`symbols\`, a list of names.`);
    const strange = list.findIndex((symbol) => !isName(symbol));
    if (strange >= 0)
      return this.#problem(`${at}/symbols/${strange}`, `'${cut(list[strange] ?? '')}' cannot be a symbol.`);
    if (new Set(list).size < list.length) return this.#problem(`${at}/symbols`, 'A symbol is listed twice.');
    const common = { kind: 'enum', at, name, aliases, symbols: list } as const;
    if (fallback !== undefined && !list.includes(fallback as string))
      return this.#problem(`${at}/default`, `The default of '${cut(name)}' is none of its symbols.`);
    const made: NamedType = fallback === undefined ? common : { ...common, default: fallback as string };
    this.#named.set(name, made);
    return made;
  }

  #fixed({ raw, at, name, aliases }: Definition): NamedType | undefined {
    const { size } = raw;
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
      return this.#problem(at, `'${cut(name)}' needs a \`size\`, a number of bytes.`);
    const made: NamedType = { kind: 'fixed', at, name, aliases, size, ...logical(raw, 'fixed', size) };
    this.#named.set(name, made);
    return made;
  }
}

function logical(raw: JsonObject, kind: string, size?: number): Pick<AvroType, 'logical'> {
  const found = logicalTypeOf(raw, kind, size);
  return found === undefined ? {} : { logical: found };
}

function cut(name: string): string {
  return name.length > 60 ? `${name.slice(0, 59)}…` : name;
}
