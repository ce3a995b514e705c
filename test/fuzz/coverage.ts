import { type Dialect, type Json, parseSchema, type Relation, type Schema } from '../../generator/src/schema/index.ts';
import type { Compare, Compared } from './compare-all.ts';
import type { Judged } from './judged.ts';
import { type Keyword, keywords, keywordsOf } from './keywords.ts';
import { isObject, placesOf, rewriteAll, without } from './schemas/places.ts';

/**
 * Which keyword was met under which verdict, in each dialect. A keyword that stands in a schema need not have anything to
 * do with the verdict. So it is also looked for one that it *turned*: without it, in one of the two schemas, the verdict
 * is another one, or nothing is left that could be judged (a reference leads nowhere).
 */
export interface Cell {
  met: number;
  turned: boolean;
}

const verdicts = ['compatible', 'incompatible', 'unknown'] as const;
export type VerdictName = (typeof verdicts)[number];

/** Pairs of one round that are asked again to find out. */
const triesPerCell = 60;

export class Coverage {
  readonly #cells = new Map<string, Cell>();

  cell(dialect: Dialect, keyword: string, verdict: VerdictName): Cell {
    const key = `${dialect} ${keyword} ${verdict}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { met: 0, turned: false };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  /** Counts a round. */
  note(dialect: Dialect, compared: readonly Compared[], compare: Compare): void {
    const inside = new Map<Schema, Wordings>();
    const wordingsOf = ({ schema }: Judged): Wordings => {
      const known = inside.get(schema) ?? wordingsIn(schema.raw, dialect);
      inside.set(schema, known);
      return known;
    };
    const candidates = new Map<Cell, Candidate[]>();
    for (const each of compared) {
      const [old, next] = [wordingsOf(each.old), wordingsOf(each.next)];
      const both = [...new Set([...old.keys(), ...next.keys()])];
      const differing = new Set(both.filter((keyword) => old.get(keyword) !== next.get(keyword)));
      for (const keyword of both) {
        const cell = this.cell(dialect, keyword, each.verdict.verdict);
        cell.met++;
        if (cell.turned || !mayTurn(each, keyword)) continue;
        const known = candidates.get(cell) ?? [];
        candidates.set(cell, known);
        known.push({ each, keyword, distance: differing.size + (differing.has(keyword) ? 0 : 1) });
      }
    }
    for (const [cell, pairs] of candidates) {
      // Between schemas that differ in little, one keyword often decides.
      const closest = pairs.sort((a, b) => a.distance - b.distance).slice(0, triesPerCell);
      cell.turned = closest.some(({ each, keyword }) => turns(each, keyword, compare));
    }
  }

  /** Keywords that were never met under a verdict, each with the dialects and verdicts that lack it. */
  unmet(among: readonly Dialect[]): ReadonlyMap<string, readonly string[]> {
    return this.#lacking(among, (cell) => cell.met === 0);
  }

  /** Keywords that never turned a verdict though they can, each with the dialects and verdicts that lack it. */
  unturned(among: readonly Dialect[], relations: readonly Relation[]): ReadonlyMap<string, readonly string[]> {
    return this.#lacking(among, (cell, { turns: when }) => {
      const canTurn = when === 'events' ? relations.includes('events') : when !== 'never';
      return canTurn && !cell.turned;
    });
  }

  #lacking(
    among: readonly Dialect[],
    lacks: (cell: Cell, keyword: Keyword) => boolean,
  ): ReadonlyMap<string, readonly string[]> {
    const lacking = new Map<string, string[]>();
    for (const dialect of among) {
      for (const keyword of keywordsOf(dialect).values()) {
        for (const verdict of ['compatible', 'incompatible'] as const) {
          if (!lacks(this.cell(dialect, keyword.name, verdict), keyword)) continue;
          lacking.set(keyword.name, [...(lacking.get(keyword.name) ?? []), `${dialect} ${verdict}`]);
        }
      }
    }
    return lacking;
  }

  /** One line for each keyword: the number of verdicts, and in how many dialects that have it it turned one. */
  table(among: readonly Dialect[]): string[] {
    const names = [...new Set(keywords.map(({ name }) => name))];
    return names.flatMap((name) => {
      const having = among.filter((dialect) => keywordsOf(dialect).has(name));
      if (having.length === 0) return [];
      const counts = verdicts.map((verdict) => {
        const cells = having.map((dialect) => this.cell(dialect, name, verdict));
        const met = cells.reduce((sum, cell) => sum + cell.met, 0).toLocaleString('en');
        const turned = cells.filter(({ turned }) => turned).length;
        return verdict === 'unknown'
          ? met.padStart(9)
          : `${met.padStart(11)} ${`${turned}/${having.length}`.padStart(5)}`;
      });
      return [`${name.padEnd(22)}${counts.join('')}`];
    });
  }
}

/** A pair that may be asked again without a keyword; `distance` counts the keywords in which its schemas differ. */
interface Candidate {
  readonly each: Compared;
  readonly keyword: string;
  readonly distance: number;
}

/** Worth asking again: between strangers one keyword seldom decides. */
function mayTurn({ old, next, relation, verdict }: Compared, keyword: string): boolean {
  const when = keywordsOf(old.schema.dialect).get(keyword)?.turns;
  if (when === 'never' || (when === 'events' && relation !== 'events')) return false;
  if (when === 'assert' && !old.schema.assertFormats) return false;
  return old !== next && old.family === next.family && verdict.verdict !== 'unknown';
}

/** All that a schema says with each keyword, as text. */
type Wordings = ReadonlyMap<string, string>;

function wordingsIn(raw: Json, dialect: Dialect): Wordings {
  const known = keywordsOf(dialect);
  const wordings = new Map<string, string>();
  for (const { schema } of placesOf(raw, dialect)) {
    for (const [name, value] of Object.entries(isObject(schema) ? schema : {})) {
      if (known.has(name)) wordings.set(name, `${wordings.get(name) ?? ''}${JSON.stringify(value)}`);
    }
  }
  return wordings;
}

function turns({ old, next, relation, verdict }: Compared, keyword: string, compare: Compare): boolean {
  const without = (schema: Schema): Schema | undefined => {
    const raw = withoutKeyword(schema.raw, schema.dialect, keyword);
    return parseSchema(raw, { dialect: schema.dialect, assertFormats: schema.assertFormats })[0];
  };
  const [wider, other] = [without(next.schema), without(old.schema)];
  return [
    [old.schema, wider],
    [other, next.schema],
  ].some(([a, b]) => {
    if (a === undefined || b === undefined) return true;
    const { verdict: now } = compare(a, b, { relation });
    return now !== verdict.verdict && now !== 'unknown';
  });
}

function withoutKeyword(raw: Json, dialect: Dialect, keyword: string): Json {
  return rewriteAll(raw, dialect, (schema) => without(schema, keyword));
}
