import type { Json, JsonObject, SchemaNode } from './ast.ts';
import { formatSample } from './formats.ts';
import { equalJson, isArray, isRecord, makeObject, typeOfValue } from './json.ts';
import { inPlace } from './progress.ts';
import { textsFor } from './sample-texts.ts';
import { isValid, memberSchemas, type ValidateOptions } from './validate.ts';

/**
 * The search finds the plainest value that shows a difference: empty strings, members in any order. This makes an event
 * of it that a person recognises, with members as the schema declares them and strings that look like what they are.
 * Every change is kept only if the value still shows the difference, and at the same place.
 */
export interface ReadableOptions extends ValidateOptions {
  /** Whether a whole value still shows the difference. */
  readonly shows: (value: Json) => boolean;
  /** On the clock of `performance.now()`; what is not done by then stays plain. */
  readonly deadline: number;
}

/** Whole values that are tried; an event with more places keeps the rest plain. */
const mostTrials = 300;

export function readable(old: SchemaNode, next: SchemaNode, witness: Json, options: ReadableOptions): Json {
  return new Polish(options).at(witness, { old: [old], next: [next], donors: [] }, (whole) => whole);
}

/** What is known of one place of the value. */
interface Place {
  readonly old: readonly SchemaNode[];
  readonly next: readonly SchemaNode[];
  /** Values that examples further out have here. */
  readonly donors: readonly Json[];
  readonly name?: string;
  /** Counts from 1 in an array. */
  readonly position?: number;
}

class Polish {
  readonly #options: ReadableOptions;
  #trials = 0;

  constructor(options: ReadableOptions) {
    this.#options = options;
  }

  /** `whole` puts a value for this place into the rest of the value as it is by now. */
  at(value: Json, place: Place, whole: (part: Json) => Json): Json {
    if (this.#isOver()) return value;
    const about = this.#applied(place.old, value);
    const donors = [...about.flatMap((node) => node.annotations?.examples ?? []), ...place.donors];
    if (isRecord(value)) return this.#members(value, place, about, donors, whole);
    if (isArray(value)) return this.#items(value, place, about, donors, whole);
    const against = place.next.flatMap((node) => [...everywhere(node)]);
    for (const candidate of candidates(value, about, donors, place)) {
      if (equalJson(candidate, value)) break;
      if (!this.#fails(against, value, candidate) && this.#try(whole(candidate))) return candidate;
    }
    return value;
  }

  #members(
    value: JsonObject,
    { next }: Place,
    about: readonly SchemaNode[],
    donors: readonly Json[],
    whole: (part: Json) => Json,
  ): Json {
    const declared = new Set(about.flatMap((node) => [...(node.properties?.keys() ?? [])]));
    const names = [...declared, ...Object.keys(value).filter((name) => !declared.has(name))];
    const members = new Map(names.flatMap((name) => (Object.hasOwn(value, name) ? [[name, value[name] ?? null]] : [])));
    const against = next.flatMap((node) => [...everywhere(node)]);
    for (const [name, member] of members) {
      const place: Place = {
        old: about.flatMap((node) => memberSchemas(node, name)),
        next: against.flatMap((node) => memberSchemas(node, name)),
        donors: donors.flatMap((donor) => (isRecord(donor) && Object.hasOwn(donor, name) ? [donor[name] ?? null] : [])),
        name,
      };
      members.set(
        name,
        this.at(member, place, (part) => whole(makeObject(new Map(members).set(name, part)))),
      );
    }
    return makeObject(members);
  }

  #items(
    value: readonly Json[],
    { next, name }: Place,
    about: readonly SchemaNode[],
    donors: readonly Json[],
    whole: (part: Json) => Json,
  ): Json {
    const against = next.flatMap((node) => [...everywhere(node)]);
    const items = [...value];
    for (const [index, item] of value.entries()) {
      const place: Place = {
        old: about.flatMap((node) => itemSchema(node, index)),
        next: against.flatMap((node) => itemSchema(node, index)),
        donors: donors.flatMap((donor) => (isArray(donor) ? donor.slice(index, index + 1) : [])),
        ...(name === undefined ? {} : { name }),
        position: index + 1,
      };
      items[index] = this.at(item, place, (part) => whole(items.with(index, part)));
    }
    return items;
  }

  /**
   * Whether a subschema judges the two values differently, or rejects the one that stands there for more than its kind:
   * that is the place the reader is to see, and it stays as the search found it.
   */
  #fails(against: readonly SchemaNode[], value: Json, candidate: Json): boolean {
    return against.some((node) => {
      const held = isValid(node, value, this.#options);
      if (held !== isValid(node, candidate, this.#options)) return true;
      // What a part of the node rejects is judged there.
      const itself = [...inPlace(node)].every((part) => isValid(part, value, this.#options));
      return !held && itself && !rejectsKind(node, value);
    });
  }

  #try(value: Json): boolean {
    if (this.#isOver()) return false;
    this.#trials++;
    return this.#options.shows(value);
  }

  #isOver(): boolean {
    return this.#trials >= mostTrials || performance.now() > this.#options.deadline;
  }

  /** The nodes with those that apply to the same value and say something of it: of alternatives, those that hold. */
  #applied(nodes: readonly SchemaNode[], value: Json): readonly SchemaNode[] {
    const found = new Set(nodes);
    for (const node of found) {
      const alternatives = [...(node.anyOf ?? []), ...(node.oneOf ?? []), node.then, node.else];
      for (const part of [node.ref, ...(node.allOf ?? [])]) if (part !== undefined) found.add(part);
      for (const part of alternatives) if (part !== undefined && isValid(part, value, this.#options)) found.add(part);
    }
    return [...found];
  }
}

/** The best first. The kind of the value is never changed. */
function* candidates(
  value: Json,
  about: readonly SchemaNode[],
  donors: readonly Json[],
  { name, position }: Place,
): Generator<Json> {
  const defaults = about.flatMap((node) => (node.default === undefined ? [] : [node.default.value]));
  for (const given of [...donors, ...defaults]) if (typeOfValue(given) === typeOfValue(value)) yield given;
  if (typeof value !== 'string' || about.some((node) => node.enum !== undefined)) return;
  for (const { format } of about) {
    const sample = format === undefined ? undefined : formatSample(format);
    if (sample !== undefined) yield sample;
  }
  if (name !== undefined) yield* textsFor(name, position);
}

/** The node with all that looks at the same value, whether it holds or not. */
function everywhere(node: SchemaNode): ReadonlySet<SchemaNode> {
  const found = new Set([node]);
  for (const each of found) for (const part of inPlace(each)) found.add(part);
  return found;
}

function itemSchema({ prefixItems, items }: SchemaNode, index: number): readonly SchemaNode[] {
  const own = prefixItems?.[index] ?? items;
  return own === undefined ? [] : [own];
}

/** The node lets no value of this kind pass, whatever it is. */
function rejectsKind(node: SchemaNode, value: Json): boolean {
  const kind = typeOfValue(value);
  if (node.types !== undefined) return !node.types.some((type) => (type === 'integer' ? 'number' : type) === kind);
  return node.always === false;
}
