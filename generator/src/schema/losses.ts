import type { Schema, SchemaNode } from './ast.ts';
import { OutOfBudget, within } from './budget.ts';
import { equalJson } from './json.ts';
import type { Location, Members, Tagged } from './location.ts';
import { locate } from './places.ts';

/** Something that events of the older schema say and consumers of the newer one do not see, or see otherwise. */
export interface Loss {
  /**
   * `dropped`: a declared name that is declared no more. `map-closed`: any name was declared, and is no more.
   * `invented`: a name without a default that has one now, which stands in for it in older events.
   */
  readonly kind: 'dropped' | 'map-closed' | 'invented';
  /** Pointer into an event; `0` stands for every item and `*` for every name of a map. */
  readonly pointer: string;
  /** What the older schema said of it. */
  readonly old: SchemaNode | undefined;
  /** Where the newer schema says it, or would. */
  readonly next: SchemaNode;
  /** One of several untagged alternatives required the name: events that had it were told by it. */
  readonly told: boolean;
}

/**
 * The loss report of the events relation: accepted is not the same as understood. Empty for a schema and itself, and
 * undefined where the schemas have more places than can be looked at in the time, or nest too deeply.
 */
export function lossesBetween(old: Schema, next: Schema, budgetMs: number): readonly Loss[] | undefined {
  const walk = new LossWalk(next.root);
  try {
    within(budgetMs, () => walk.compare(locate(old.root), locate(next.root), ''));
    return [...walk.losses.values()];
  } catch (error) {
    if (error instanceof OutOfBudget || error instanceof RangeError) return undefined;
    throw error;
  }
}

class LossWalk {
  readonly losses = new Map<string, Loss>();
  readonly #met = new Set<string>();
  readonly #root: SchemaNode;

  constructor(root: SchemaNode) {
    this.#root = root;
  }

  compare(old: Location, next: Location, pointer: string): void {
    const pair = `${old.number},${next.number}`;
    if (this.#met.has(pair)) return;
    this.#met.add(pair);
    for (const [was, is] of meetings(old.members, next.members)) this.#members(was, is, { old, next, pointer });
    const slots = Math.max(old.items.prefix.length, next.items.prefix.length);
    for (let index = 0; index <= slots; index += 1) {
      const [was, is] = [old, next].map(({ items }) => items.prefix[index] ?? items.rest) as [Location, Location];
      this.compare(was, is, `${pointer}/${index === slots ? 0 : index}`);
    }
  }

  #members(was: Members, is: Members, here: { old: Location; next: Location; pointer: string }): void {
    const { old, next, pointer } = here;
    const lose = (kind: Loss['kind'], at: string, from: Location, to: Location, told = false): void => {
      const key = `${kind} ${at}`;
      const loss = { kind, pointer: at, old: firstNode(from), next: firstNode(to) ?? this.#root, told };
      if (!this.losses.get(key)?.told) this.losses.set(key, loss);
    };
    if (was.open && !is.open) lose('map-closed', pointer, old, next);
    for (const name of was.names) {
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const [from, to] = [was.member(name), is.member(name)];
      if (!is.open && !is.declares(name)) {
        lose('dropped', at, from, next, was.requiredByAlternative(name));
        continue;
      }
      if (is.defaults.has(name) && !was.defaults.has(name)) lose('invented', at, from, to);
      this.compare(from, to, at);
    }
    if (was.patterns.length > 0 && is.patterns.length === 0 && !is.open) {
      lose('dropped', `${pointer}/*`, was.cell(new Set(was.patterns)), next);
    }
    if (was.open && is.open) this.compare(was.cell(noPatterns), is.cell(noPatterns), `${pointer}/*`);
  }
}

const noPatterns: ReadonlySet<string> = new Set();

/** What the members of one event may be said by in either schema: cases of a tag only meet those of the same value. */
function* meetings(was: Members | Tagged, is: Members | Tagged): Iterable<readonly [Members, Members]> {
  if (was.kind === 'tagged') {
    const same = is.kind === 'tagged' && is.property === was.property ? is.cases : undefined;
    for (const { values, members } of was.cases) {
      const met = same?.filter((other) => other.values.some((a) => values.some((b) => equalJson(a, b))));
      if (met === undefined) yield* meetings(members, is);
      else for (const other of met) yield* meetings(members, other.members);
    }
  } else if (is.kind === 'tagged') for (const { members } of is.cases) yield* meetings(was, members);
  else yield [was, is];
}

function firstNode({ standing: { must, groups, looked } }: Location): SchemaNode | undefined {
  return must[0] ?? groups.flat(2)[0] ?? looked[0];
}
