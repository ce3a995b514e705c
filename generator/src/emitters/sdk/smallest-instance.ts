/**
 * A small valid event, by construction: what a test builder starts from. Examples of the schema come first, then values
 * that a reader would write; each is judged by the schema engine. No clock and no chance: the same schema, the same event.
 */
import type { Json, JsonObject, Schema, SchemaNode } from '../../schema/ast.ts';
import { fill } from '../../schema/fill.ts';
import { findValue, isValid } from '../../schema/index.ts';
import { locate } from '../../schema/places.ts';
import { project } from '../../schema/project.ts';
import { choicesOf, type Place, placeOf, subschemasFor, unfold } from './types/conjuncts.ts';
import { type Kind, kindsOf } from './types/kinds.ts';

/** Subschemas looked at before giving up. */
const mostSteps = 2000;
/** Nesting tried in turn, so that a schema that may go on for ever ends early. */
const depths = [0, 1, 2, 4, 8, 30];

/** An event that a producer may send and that its own validator lets through; undefined when none was found. */
export function smallestInstance(schema: Schema): Json | undefined {
  const location = locate(schema.root);
  const valid = (value: Json): boolean => isValid(schema.root, value, { assertFormats: schema.assertFormats });
  for (const depth of depths) {
    const made = new Maker(schema.assertFormats, depth).make([schema.root], 'value', new Set());
    if (made === undefined) continue;
    const event = fill(location, project(location, made));
    if (valid(event) && same(project(location, event), event)) return event;
  }
  return undefined;
}

type Choice = readonly SchemaNode[];

class Maker {
  readonly #assertFormats: boolean;
  readonly #mostDepth: number;
  #steps = 0;

  constructor(assertFormats: boolean, mostDepth: number) {
    this.#assertFormats = assertFormats;
    this.#mostDepth = mostDepth;
  }

  /** `decided`: choices of which a branch is already among the nodes. */
  make(nodes: readonly SchemaNode[], name: string, decided: ReadonlySet<Choice>, depth = 0): Json | undefined {
    this.#steps += 1;
    if (this.#steps > mostSteps || depth > this.#mostDepth) return undefined;
    const fits = (value: Json | undefined): value is Json => value !== undefined && this.#valid(nodes, value);
    const all = unfold(nodes);
    const said = all.flatMap((node) => [
      ...(node.default === undefined ? [] : [node.default.value]),
      ...(node.annotations?.examples ?? []),
      ...(node.enum ?? []).slice(0, 50),
    ]);
    const written = said.find(fits);
    if (written !== undefined) return written;

    const place = placeOf(nodes);
    const open = choicesOf(place).find((choice) => !decided.has(choice));
    if (open !== undefined) {
      for (const branch of open.slice(0, 8)) {
        const value = this.make([...nodes, branch], name, new Set([...decided, open]), depth);
        if (fits(value)) return value;
      }
      return undefined;
    }
    for (const kind of kindsOf(place) ?? (['string'] as const)) {
      for (const value of this.#ofKind(kind, nodes, place, name, depth)) if (fits(value)) return value;
    }
    return undefined;
  }

  *#ofKind(
    kind: Kind,
    nodes: readonly SchemaNode[],
    place: Place,
    name: string,
    depth: number,
  ): Iterable<Json | undefined> {
    if (kind === 'null') yield null;
    else if (kind === 'boolean') yield* [false, true];
    else if (kind === 'object') yield this.#object(place, depth);
    else if (kind === 'array') yield this.#array(place, name, depth);
    else {
      yield* kind === 'number' ? numbers(place) : strings(place, name);
      const found = findValue({ holds: nodes, fails: [] }, { assertFormats: this.#assertFormats });
      if (found.kind === 'value') yield found.value;
    }
  }

  #object(place: Place, depth: number): JsonObject | undefined {
    const members: [string, Json][] = [];
    for (const name of new Set(place.flatMap((node) => node.required ?? []))) {
      const value = this.make(
        place.flatMap((node) => subschemasFor(node, name)),
        name,
        new Set(),
        depth + 1,
      );
      if (value === undefined) return undefined;
      members.push([name, value]);
    }
    return Object.fromEntries(members);
  }

  #array(place: Place, name: string, depth: number): Json | undefined {
    const length = Math.max(0, ...place.map((node) => node.minItems ?? (node.contains === undefined ? 0 : 1)));
    if (length > 100) return undefined;
    const items: Json[] = [];
    for (let position = 0; position < length; position += 1) {
      const nodes = place.flatMap((node) => [node.prefixItems?.[position] ?? node.items, node.contains]);
      const value = this.make(
        nodes.filter((node) => node !== undefined),
        name,
        new Set(),
        depth + 1,
      );
      if (value === undefined) return undefined;
      items.push(value);
    }
    return items;
  }

  #valid(nodes: readonly SchemaNode[], value: Json): boolean {
    return nodes.every((node) => isValid(node, value, { assertFormats: this.#assertFormats }));
  }
}

function* numbers(place: Place): Iterable<number> {
  yield* [1, 0];
  for (const node of place) {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node;
    if (multipleOf !== undefined) yield multipleOf;
    if (minimum !== undefined) yield* [minimum, Math.ceil(minimum)];
    if (exclusiveMinimum !== undefined) yield* [Math.floor(exclusiveMinimum) + 1, exclusiveMinimum + 0.5];
    if (maximum !== undefined) yield* [maximum, Math.floor(maximum)];
    if (exclusiveMaximum !== undefined) yield* [Math.ceil(exclusiveMaximum) - 1, exclusiveMaximum - 0.5];
  }
}

const samples: Readonly<Record<string, string>> = {
  'date-time': '2025-01-01T00:00:00Z',
  date: '2025-01-01',
  time: '00:00:00Z',
  duration: 'PT1H',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': '/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function* strings(place: Place, name: string): Iterable<string> {
  for (const { format } of place)
    if (format !== undefined && Object.hasOwn(samples, format)) yield samples[format] ?? '';
  const least = Math.max(0, ...place.map((node) => node.minLength ?? 0));
  const most = Math.min(Infinity, ...place.map((node) => node.maxLength ?? Infinity));
  if (least <= 10_000) yield name.padEnd(least, 'x').slice(0, most);
  yield '';
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
