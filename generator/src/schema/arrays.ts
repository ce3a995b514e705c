import type { Json, SchemaNode } from './ast.ts';
import { join, oneOfValues, type SearchContext } from './context.ts';
import { type Demand, type Found, none, unknown, value } from './found.ts';
import { canonicalText, equalJson } from './json.ts';
import type { ArrayLiteral } from './literals.ts';

/**
 * An array that meets a conjunction of literals. From some position on all positions are alike, and an item there that
 * no count needs can be left out, so only arrays up to a computed length matter. Each position takes one *kind*: its own
 * demand and, for each count that reaches it, whether the item is counted.
 */
type Count = Extract<ArrayLiteral, { kind: 'count' }>;
type Items = Extract<ArrayLiteral, { kind: 'items' }>;

interface Kind {
  readonly demand: Demand;
  readonly value: Json;
  /** By count: 1 when the item may count, 0 when it surely does not or need not. */
  readonly counted: readonly number[];
}

interface Path {
  readonly kinds: readonly Kind[];
  readonly counters: readonly number[];
}

const maxLength = 2_000;
const maxSequences = 2_000;
const free: Demand = { holds: [], fails: [] };

export function findArray(literals: readonly ArrayLiteral[], context: SearchContext): Found {
  return new ArraySearch(literals, context).run();
}

class ArraySearch {
  readonly #context: SearchContext;
  #min = 0;
  #max = Number.POSITIVE_INFINITY;
  #distinct = false;
  #repeated = false;
  readonly #items: Items[] = [];
  readonly #at = new Map<number, Demand>();
  readonly #counts: Count[] = [];
  /** From here on all positions are alike. */
  #alike = 0;
  readonly #kinds = new Map<number, readonly Kind[]>();
  #unknown: Found | undefined;

  constructor(literals: readonly ArrayLiteral[], context: SearchContext) {
    this.#context = context;
    for (const literal of literals) this.#take(literal);
  }

  #take(literal: ArrayLiteral): void {
    switch (literal.kind) {
      case 'length':
        this.#min = Math.max(this.#min, literal.min);
        this.#max = Math.min(this.#max, literal.max);
        break;
      case 'distinct':
        if (literal.holds) this.#distinct = true;
        else this.#repeated = true;
        break;
      case 'items':
        this.#items.push(literal);
        this.#alike = Math.max(this.#alike, literal.slots.length);
        break;
      case 'at':
        this.#at.set(literal.index, join(this.#at.get(literal.index), literal.demand));
        this.#min = Math.max(this.#min, literal.index + 1);
        this.#alike = Math.max(this.#alike, literal.index + 1);
        break;
      case 'count':
        this.#counts.push(literal);
        this.#alike = Math.max(this.#alike, literal.from);
        break;
    }
  }

  run(): Found {
    if (this.#repeated) this.#min = Math.max(this.#min, 2);
    const needed = this.#counts.reduce((sum, { min }) => sum + min, 0);
    if (this.#min > this.#max || (this.#repeated && this.#distinct)) return none;
    if (this.#min > maxLength || needed > maxLength) return unknown(`no array of so many items is tried`);
    for (const [index, demand] of this.#at) {
      const found = this.#context.find(join(this.#demandAt(index), demand));
      if (found.kind === 'none') return none;
    }
    const spare = this.#repeated ? 2 : 0;
    const longest = Math.min(this.#max, Math.max(this.#min, this.#alike + needed + spare));
    const found = this.#repeated ? this.#findRepeated(longest) : this.#findPlain(longest);
    return found.kind === 'none' && this.#unknown !== undefined ? this.#unknown : found;
  }

  #demandAt(index: number): Demand {
    const holds: SchemaNode[] = [];
    for (const { slots, rest } of this.#items) {
      const node = index < slots.length ? slots[index] : rest;
      if (node !== undefined && node.always !== true) holds.push(node);
    }
    return join({ holds, fails: [] }, this.#at.get(index));
  }

  #findPlain(longest: number): Found {
    const path = this.#shortest(longest, new Map());
    if (path === undefined) return none;
    if (!this.#distinct) return value(path.kinds.map((kind) => kind.value));
    return this.#pickDistinct(path.kinds) ?? this.#findDistinct(longest);
  }

  /** The kinds that a position offers. A count that only has a minimum may leave an item uncounted without saying why. */
  #kindsAt(index: number): readonly Kind[] {
    const slot = Math.min(index, this.#alike);
    const known = this.#kinds.get(slot);
    if (known !== undefined) return known;
    const made = this.#kindsFor(this.#demandAt(slot), (count) => count.from <= slot, false);
    this.#kinds.set(slot, made);
    return made;
  }

  #kindsFor(base: Demand, reaches: (count: Count) => boolean, definite: boolean): readonly Kind[] {
    let open: { demand: Demand; counted: readonly number[] }[] = [{ demand: base, counted: [] }];
    for (const count of this.#counts) {
      const yes: Demand = count.holds ? { holds: [count.node], fails: [] } : { holds: [], fails: [count.node] };
      const no: Demand = count.holds ? { holds: [], fails: [count.node] } : { holds: [count.node], fails: [] };
      const options: [Demand, number][] = [];
      if (!reaches(count)) options.push([free, 0]);
      else if (definite || (count.min > 0 && count.max < Number.POSITIVE_INFINITY)) options.push([no, 0], [yes, 1]);
      else if (count.min > 0) options.push([free, 0], [yes, 1]);
      else options.push([no, 0], [free, 1]);
      open = open.flatMap(({ demand, counted }) =>
        options.map(([extra, one]) => ({ demand: join(demand, extra), counted: [...counted, one] })),
      );
      if (this.#counts.length > 2) open = open.filter(({ demand }) => this.#find(demand) !== undefined);
    }
    return open.flatMap(({ demand, counted }) => {
      const found = this.#find(demand);
      return found === undefined ? [] : [{ demand, counted, value: found }];
    });
  }

  #find(demand: Demand): Json | undefined {
    this.#context.tick();
    const found = this.#context.find(demand);
    if (found.kind === 'unknown') this.#unknown ??= found;
    return found.kind === 'value' ? found.value : undefined;
  }

  /** Counters stop where they no longer matter; undefined when a maximum is passed. */
  #add(counters: readonly number[], counted: readonly number[]): readonly number[] | undefined {
    const sum: number[] = [];
    for (const [index, { min, max }] of this.#counts.entries()) {
      const total = (counters[index] ?? 0) + (counted[index] ?? 0);
      if (total > max) return undefined;
      sum.push(max === Number.POSITIVE_INFINITY ? Math.min(total, min) : total);
    }
    return sum;
  }

  #isEnough(length: number, counters: readonly number[]): boolean {
    return length >= this.#min && this.#counts.every(({ min }, index) => (counters[index] ?? 0) >= min);
  }

  /** Breadth-first over (length, counters). `fixed` says which kind a position has to take. */
  #shortest(longest: number, fixed: ReadonlyMap<number, Kind>): Path | undefined {
    const atLeast = Math.max(0, ...[...fixed.keys()].map((index) => index + 1));
    let layer = new Map<string, Path>([['', { kinds: [], counters: this.#counts.map(() => 0) }]]);
    for (let length = 0; length <= longest && layer.size > 0; length++) {
      for (const path of layer.values()) if (length >= atLeast && this.#isEnough(length, path.counters)) return path;
      const next = new Map<string, Path>();
      const only = fixed.get(length);
      const offered = only === undefined ? (length < longest ? this.#kindsAt(length) : []) : [only];
      for (const path of layer.values()) {
        for (const kind of offered) {
          this.#context.tick();
          const counters = this.#add(path.counters, kind.counted);
          if (counters === undefined) continue;
          const key = counters.join(',');
          if (!next.has(key)) next.set(key, { kinds: [...path.kinds, kind], counters });
        }
      }
      layer = next;
    }
    return undefined;
  }

  /** Two equal items: every pair of positions that differs from the others is tried with one value for both. */
  #findRepeated(longest: number): Found {
    const last = Math.min(longest - 1, this.#alike + 1);
    for (let j = 1; j <= last; j++) {
      for (let i = Math.min(j - 1, this.#alike); i >= 0; i--) {
        const demand = join(this.#demandAt(i), this.#demandAt(j));
        for (const kind of this.#kindsFor(demand, (count) => count.from <= j, true)) {
          const earlier = {
            ...kind,
            counted: kind.counted.map((one, c) => ((this.#counts[c]?.from ?? 0) <= i ? one : 0)),
          };
          const path = this.#shortest(
            longest,
            new Map([
              [i, earlier],
              [j, kind],
            ]),
          );
          if (path !== undefined) return value(path.kinds.map((taken) => taken.value));
        }
      }
    }
    return none;
  }

  /** All sequences of kinds, up to the order of the positions that are alike. */
  #findDistinct(longest: number): Found {
    let sequences = 0;
    let found: Found | undefined;
    let cut = false;
    const visit = (kinds: readonly Kind[], counters: readonly number[], lowest: number): boolean => {
      this.#context.tick();
      if (this.#isEnough(kinds.length, counters)) {
        if (++sequences > maxSequences) {
          cut = true;
          return true;
        }
        found = this.#pickDistinct(kinds);
        if (found !== undefined) return true;
        // Longer ones with the same beginning only need more values.
        return false;
      }
      if (kinds.length >= longest) return false;
      const offered = this.#kindsAt(kinds.length);
      const first = kinds.length > this.#alike ? lowest : 0;
      for (let k = first; k < offered.length; k++) {
        const kind = offered[k];
        const next = kind && this.#add(counters, kind.counted);
        if (kind !== undefined && next !== undefined && visit([...kinds, kind], next, k)) return true;
      }
      return false;
    };
    visit(
      [],
      this.#counts.map(() => 0),
      0,
    );
    if (found !== undefined) return found;
    return cut ? unknown('`uniqueItems` leaves too many arrangements to try') : none;
  }

  /**
   * Different values for all positions, undefined when there are none. A kind with as many values as there are positions
   * never runs out, so that many of each are enough for an exact matching.
   */
  #pickDistinct(kinds: readonly Kind[]): Found | undefined {
    if (kinds.length > 300) return unknown('`uniqueItems` over so many items is not tried');
    const offers = kinds.map((kind) => this.#valuesOf(kind, kinds.length));
    const owner = new Map<string, number>();
    const place = (position: number, tried: Set<string>): boolean => {
      for (const text of offers[position]?.keys() ?? []) {
        if (tried.has(text)) continue;
        tried.add(text);
        const other = owner.get(text);
        if (other === undefined || place(other, tried)) {
          owner.set(text, position);
          return true;
        }
      }
      return false;
    };
    for (let position = 0; position < kinds.length; position++) if (!place(position, new Set())) return undefined;
    const chosen: Json[] = [];
    for (const [text, position] of owner) chosen[position] = offers[position]?.get(text) ?? null;
    return value(chosen);
  }

  readonly #values = new Map<Kind, Map<string, Json>>();

  #valuesOf(kind: Kind, wanted: number): ReadonlyMap<string, Json> {
    const values = this.#values.get(kind) ?? new Map([[canonicalText(kind.value), kind.value]]);
    this.#values.set(kind, values);
    while (values.size < wanted) {
      const { holds, fails } = kind.demand;
      const found = this.#find({ holds, fails: [...fails, oneOfValues(values.values())] });
      if (found === undefined || [...values.values()].some((known) => equalJson(known, found))) break;
      values.set(canonicalText(found), found);
    }
    return values;
  }
}
