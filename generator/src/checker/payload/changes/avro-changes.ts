import type { Json, JsonObject } from '../../../schema/ast.ts';
import { sameJson } from '../../same-schema.ts';
import { isObject, shown } from '../../schema-text.ts';
import type { FieldChange } from '../words.ts';
import { someOf } from './say-kind.ts';

/** Compares two Avro schemas as they are written, record by record and field by field, in words. */
export function avroChanges(before: Json, after: Json): readonly FieldChange[] {
  const walk = new AvroWalk(namedTypes(before), namedTypes(after));
  walk.compare(before, after, { pointer: '', path: '' });
  return walk.changes;
}

interface Here {
  readonly pointer: string;
  readonly path: string;
}

class AvroWalk {
  readonly changes: FieldChange[] = [];
  readonly #old: ReadonlyMap<string, JsonObject>;
  readonly #now: ReadonlyMap<string, JsonObject>;
  readonly #met = new Set<string>();

  constructor(old: ReadonlyMap<string, JsonObject>, now: ReadonlyMap<string, JsonObject>) {
    this.#old = old;
    this.#now = now;
  }

  compare(old: Json, now: Json, here: Here): void {
    const [was, is] = [opened(old, this.#old), opened(now, this.#now)];
    if (sayType(was) !== sayType(is)) this.#say('~', here, `${sayType(is)} instead of ${sayType(was)}`);
    if (Array.isArray(was) && Array.isArray(is)) this.#branches(was, is, here);
    if (!isObject(was) || !isObject(is) || was.type !== is.type) return;
    if (was.type === 'record' && is.type === 'record') this.#record(was, is, here);
    if (was.type === 'enum') this.#symbols(was, is, here);
    if (was.type === 'array') this.compare(was.items ?? null, is.items ?? null, inside(here, '0', '*'));
    if (was.type === 'map') this.compare(was.values ?? null, is.values ?? null, inside(here, '*'));
    for (const key of ['size', 'precision', 'scale'])
      if (!sameJson(was[key], is[key]))
        this.#say('~', here, `\`${key}\` is ${shown(is[key])} instead of ${shown(was[key])}`);
    if (!sameJson(was.doc, is.doc)) this.#say('~', here, documented(is));
  }

  #say(sign: FieldChange['sign'], { pointer, path }: Here, text: string): void {
    this.changes.push({ kind: 'changed', sign, pointer, place: path === '' ? 'the event' : path, text });
  }

  #record(was: JsonObject, is: JsonObject, here: Here): void {
    const key = JSON.stringify([was.name, is.name]);
    if (this.#met.has(key)) return;
    this.#met.add(key);
    const left = new Map(fieldsOf(was).map((field) => [field.name ?? null, field]));
    for (const field of fieldsOf(is)) {
      const there = inside(here, String(field.name));
      const old =
        left.get(field.name ?? null) ?? [...left.values()].find(({ name = null }) => aliasesOf(field).includes(name));
      if (!old) {
        const value = field.default === undefined ? 'without a default' : `default ${shown(field.default)}`;
        this.#say(
          '+',
          there,
          `${sayType(opened(field.type, this.#now))}, ${value} · consumers ignore it until they read it`,
        );
        continue;
      }
      left.delete(old.name ?? null);
      if (old.name !== field.name) this.#say('~', there, `was \`${String(old.name)}\`, which is an alias now`);
      if (!sameJson(old.default, field.default)) this.#say('~', there, defaultMoved(old.default, field.default));
      if (!sameJson(old.doc, field.doc)) this.#say('~', there, documented(field));
      this.compare(old.type ?? null, field.type ?? null, there);
    }
    for (const { name, type } of left.values())
      this.#say(
        '-',
        inside(here, String(name)),
        `was ${sayType(opened(type, this.#old))} · handlers no longer see what events have there`,
      );
  }

  /** A union is written as a list; the branches that both have are compared. */
  #branches(was: readonly Json[], is: readonly Json[], here: Here): void {
    for (const branch of is) {
      const name = sayType(opened(branch, this.#now));
      const old = was.find((other) => sayType(opened(other, this.#old)) === name);
      if (old !== undefined) this.compare(old, branch, here);
    }
  }

  #symbols(was: JsonObject, is: JsonObject, here: Here): void {
    const [old, now] = [listOf(was.symbols), listOf(is.symbols)];
    const come = now.filter((symbol) => !old.includes(symbol));
    const gone = old.filter((symbol) => !now.includes(symbol));
    if (come.length > 0)
      this.#say('~', here, `may also be ${someOf(come.map(shown))}: handlers meet a value they do not know`);
    if (gone.length > 0) this.#say('~', here, `is no longer ${someOf(gone.map(shown))}`);
    if (!sameJson(was.default, is.default))
      this.#say('~', here, `an unknown symbol is read as ${shown(is.default)} instead of ${shown(was.default)}`);
  }
}

/** Records, enums and fixed types by the name that other places call them. */
function namedTypes(schema: Json, found = new Map<string, JsonObject>()): ReadonlyMap<string, JsonObject> {
  if (Array.isArray(schema)) for (const branch of schema) namedTypes(branch, found);
  if (!isObject(schema)) return found;
  if (typeof schema.name === 'string' && schema.type !== undefined && !found.has(schema.name)) {
    found.set(schema.name, schema);
    if (typeof schema.namespace === 'string') found.set(`${schema.namespace}.${schema.name}`, schema);
  }
  for (const field of fieldsOf(schema)) namedTypes(field.type ?? null, found);
  for (const inner of [schema.type, schema.items, schema.values])
    if (typeof inner === 'object' && inner !== null) namedTypes(inner, found);
  return found;
}

/** What stands behind a name, or inside of `{ "type": { … } }`. */
function opened(type: Json | undefined, names: ReadonlyMap<string, JsonObject>): Json {
  if (typeof type === 'string') return names.get(type) ?? type;
  if (isObject(type) && typeof type.type === 'object' && type.type !== null) return opened(type.type, names);
  return type ?? null;
}

function sayType(type: Json): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(sayType).join(' or ');
  if (!isObject(type)) return shown(type);
  const { type: kind, name, logicalType } = type;
  if (kind === 'array') return `array of ${sayType(type.items ?? null)}`;
  if (kind === 'map') return `map of ${sayType(type.values ?? null)}`;
  if (typeof name === 'string') return `${String(kind)} ${name}`;
  return typeof logicalType === 'string' ? `${String(kind)} (${logicalType})` : sayType(kind ?? null);
}

function fieldsOf({ fields }: JsonObject): readonly JsonObject[] {
  return Array.isArray(fields) ? fields.filter(isObject) : [];
}

function aliasesOf({ aliases }: JsonObject): readonly Json[] {
  return listOf(aliases);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function defaultMoved(was: Json | undefined, is: Json | undefined): string {
  if (is === undefined) return `no longer ${shown(was)} when it is absent`;
  return was === undefined
    ? `${shown(is)} when it is absent`
    : `${shown(is)} instead of ${shown(was)} when it is absent`;
}

function documented({ doc }: JsonObject): string {
  return doc === undefined ? 'is no longer described' : `described as ${shown(doc)} now`;
}

function inside({ pointer, path }: Here, name: string, shownAs = name): Here {
  const token = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${pointer}/${token(name)}`, path: `${path}/${token(shownAs)}` };
}
