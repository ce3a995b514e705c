import { findArray } from './arrays.ts';
import type { Json, SchemaNode } from './ast.ts';
import { type Branch, type Choice, copy, smallest } from './branch.ts';
import { OutOfBudget, spend, within } from './budget.ts';
import type { SearchContext } from './context.ts';
import { TooManyScenarios } from './coverage.ts';
import { type ExpandOptions, expandFails, expandHolds } from './expand.ts';
import { type Demand, type Found, none, unknown, value } from './found.ts';
import { Identities, unwrap } from './identity.ts';
import { type ValueType, valueTypes } from './json.ts';
import {
  type Alternative,
  isArrayLiteral,
  isNumberLiteral,
  isObjectLiteral,
  isStringLiteral,
  type Literal,
} from './literals.ts';
import { MembersTold } from './members-told.ts';
import { findNumber } from './numbers.ts';
import { findObject } from './objects.ts';
import { findString } from './text.ts';
import { isValid } from './validate.ts';

/**
 * Containment by tableau. L(a) ⊆ L(b) unless some value is in a and not in b, so that value is searched: the demand
 * "a holds, b fails" is broken down, type by type, into literals and choices; when no choice is left, the solver of the
 * type builds a value or shows that there is none, and asks this search for the values of members and items.
 *
 * A demand that comes up again while it is being answered, further down in the value, is answered "none" there: values
 * are finite, so the smallest one that meets a demand has none such inside. An answer that rests on this is kept only as
 * long as its premise stands.
 */
export const defaultBudgetMs = 1_000;

export interface ContainsOptions {
  readonly assertFormats: boolean;
  /** Milliseconds; default `defaultBudgetMs`. */
  readonly budgetMs?: number;
}

export type Containment =
  | { readonly contained: true }
  | { readonly contained: false; readonly witness: Json }
  | { readonly contained: undefined; readonly reason: string };

/** The witness is our own finding; whoever shows it has it confirmed by a second validator first. */
export function contains(a: SchemaNode, b: SchemaNode, options: ContainsOptions): Containment {
  const found = findValue({ holds: [a], fails: [b] }, options);
  if (found.kind === 'value') return { contained: false, witness: found.value };
  return found.kind === 'none' ? { contained: true } : { contained: undefined, reason: found.reason };
}

/** A value that every node of `holds` accepts and every node of `fails` rejects. */
export function findValue(demand: Demand, options: ContainsOptions): Found {
  try {
    return within(options.budgetMs ?? defaultBudgetMs, () => new Search(options).find(demand));
  } catch (error) {
    if (error instanceof OutOfBudget) return unknown(error.message);
    if (error instanceof TooManyScenarios) return unknown('`unevaluated…` depends on too many combinations beside it');
    // Depth of the schema, not of our own making: the search recurses as deep as the schema does.
    if (error instanceof RangeError) return unknown('the schema is nested too deeply');
    throw error;
  }
}

/** A demand being answered. */
interface Frame {
  readonly depth: number;
  /** The outermost unanswered demand that the answer rests on so far. */
  rests: number;
  readonly provisional: string[];
}

class Search implements SearchContext {
  readonly tick = spend;
  readonly #formats: boolean;
  readonly #identities = new Identities();
  readonly #answers = new Map<string, Found>();
  readonly #provisional = new Map<string, number>();
  readonly #open = new Map<string, Frame>();
  readonly #frames: Frame[] = [];
  readonly #expand = new Map<ValueType, ExpandOptions>();

  constructor(options: ContainsOptions) {
    this.#formats = options.assertFormats;
    for (const type of valueTypes) {
      this.#expand.set(type, {
        assertFormats: this.#formats,
        mayOverlap: (a, b) => this.#findOfType(type, { holds: [a, b], fails: [] }).kind !== 'none',
      });
    }
  }

  readonly identity = (node: SchemaNode): number => this.#identities.of(node);
  readonly isValid = (node: SchemaNode, candidate: Json): boolean =>
    isValid(node, candidate, { assertFormats: this.#formats });
  readonly findName = (demand: Demand): Found => this.#findOfType('string', demand);

  readonly find = (demand: Demand): Found => {
    const ids = this.#ids(demand);
    if (ids === undefined) return none;
    let open: Found | undefined;
    for (const type of valueTypes) {
      if (demand.holds.some((node) => excludes(unwrap(node), type))) continue;
      const found = this.#findIdentified(type, demand, ids);
      if (found.kind === 'value') return found;
      if (found.kind === 'unknown') open ??= found;
    }
    return open ?? none;
  };

  #findOfType(type: ValueType, demand: Demand): Found {
    const ids = this.#ids(demand);
    return ids === undefined ? none : this.#findIdentified(type, demand, ids);
  }

  /** One text for all demands of the same subschemas; undefined when one of them is to hold and to fail. */
  #ids(demand: Demand): string | undefined {
    const holds = new Set(demand.holds.map(this.identity));
    const fails = new Set(demand.fails.map(this.identity));
    for (const id of holds) if (fails.has(id)) return undefined;
    return `${ordered(holds)}|${ordered(fails)}`;
  }

  #findIdentified(type: ValueType, demand: Demand, ids: string): Found {
    this.tick();
    if (type === 'null') return this.#firstOf([null], demand);
    if (type === 'boolean') return this.#firstOf([false, true], demand);
    const key = `${type}|${ids}`;
    const current = this.#frames.at(-1);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const premise = this.#provisional.get(key) ?? this.#open.get(key)?.depth;
    if (premise !== undefined) {
      if (current !== undefined) current.rests = Math.min(current.rests, premise);
      return none;
    }
    const frame: Frame = { depth: this.#frames.length, rests: Number.POSITIVE_INFINITY, provisional: [] };
    this.#frames.push(frame);
    this.#open.set(key, frame);
    const found = this.#start(type, demand);
    this.#open.delete(key);
    this.#frames.pop();
    this.#settle(key, found, frame, current);
    return found;
  }

  #settle(key: string, found: Found, frame: Frame, parent: Frame | undefined): void {
    const standsAlone = frame.rests >= frame.depth;
    if (found.kind === 'value' || standsAlone) this.#answers.set(key, found);
    if (found.kind === 'none' && standsAlone) {
      for (const other of frame.provisional) this.#answers.set(other, none);
    }
    if (found.kind === 'none' && !standsAlone && parent !== undefined) {
      for (const other of [...frame.provisional, key]) {
        this.#provisional.set(other, Math.min(frame.rests, this.#provisional.get(other) ?? frame.rests));
        parent.provisional.push(other);
      }
    } else {
      for (const other of frame.provisional) this.#provisional.delete(other);
    }
    if (found.kind !== 'value' && !standsAlone && parent !== undefined) {
      parent.rests = Math.min(parent.rests, frame.rests);
    }
  }

  #start(type: ValueType, demand: Demand): Found {
    const branch: Branch = {
      literals: [],
      choices: [],
      holds: new Set(),
      fails: new Set(),
      values: undefined,
      told: undefined,
    };
    if (!this.#add(branch, demand, type)) return none;
    return this.#solve(branch, type, demand);
  }

  #firstOf(candidates: readonly Json[], demand: Demand): Found {
    for (const candidate of candidates) {
      this.tick();
      const isIt =
        demand.holds.every((node) => this.isValid(node, candidate)) &&
        !demand.fails.some((node) => this.isValid(node, candidate));
      if (isIt) return value(candidate);
    }
    return none;
  }

  /** Adds a conjunct and all that follows from it without a choice; false when the branch is closed. */
  #add(branch: Branch, given: Alternative, type: ValueType): boolean {
    const options = this.#expand.get(type);
    if (options === undefined) return false;
    const open: Alternative[] = [given];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.literals !== undefined && next.literals.length > 0) {
        for (const literal of next.literals) branch.literals.push(literal);
        branch.told = undefined;
      }
      // A wrapper has the identity of what it wraps, so it must be expanded as that.
      for (const node of next.holds ?? []) {
        const id = this.identity(node);
        if (branch.fails.has(id)) return false;
        if (branch.holds.has(id)) continue;
        branch.holds.add(id);
        this.tick();
        const expanded = expandHolds(unwrap(node), type, options);
        if (expanded.impossible === true) return false;
        if (expanded.values !== undefined) {
          if (branch.values === undefined || expanded.values.length < branch.values.length) {
            branch.values = expanded.values;
          }
        }
        for (const alternatives of expanded.choices) branch.choices.push({ alternatives });
        if (expanded.literals.length + expanded.holds.length + expanded.fails.length > 0) open.push(expanded);
      }
      for (const node of next.fails ?? []) {
        const id = this.identity(node);
        if (branch.holds.has(id)) return false;
        if (branch.fails.has(id)) continue;
        branch.fails.add(id);
        this.tick();
        const ways = expandFails(unwrap(node), type, options);
        if (ways === undefined) continue;
        const [only, ...others] = ways;
        if (only === undefined) return false;
        if (others.length === 0) open.push(only);
        else branch.choices.push({ alternatives: ways, negates: node });
      }
    }
    return true;
  }

  #solve(branch: Branch, type: ValueType, demand: Demand): Found {
    this.tick();
    if (branch.values !== undefined) return this.#firstOf(branch.values, demand);
    const choices = this.#prune(branch);
    if (choices === undefined) return none;
    const pending = choices.every((choice) => choice.negates !== undefined) && choices.length > 1;
    const reduced = pending ? this.#reduce(branch, choices, type, demand) : choices;
    if (!Array.isArray(reduced)) return reduced;
    const pick = smallest(reduced);
    if (pick === undefined) return this.#leaf(branch.literals, type);
    const rest = reduced.filter((choice) => choice !== pick);
    let open: Found | undefined;
    for (const alternative of pick.alternatives) {
      const next = copy(branch, rest);
      if (!this.#add(next, alternative, type)) continue;
      const found = this.#solve(next, type, demand);
      if (found.kind === 'value') return found;
      if (found.kind === 'unknown') open ??= found;
    }
    return open ?? none;
  }

  /** Drops what is already met and ways that are already closed; undefined when a choice has no way left. */
  #prune(branch: Branch): Choice[] | undefined {
    const kept: Choice[] = [];
    for (const choice of branch.choices) {
      const alternatives: Alternative[] = [];
      let met = false;
      for (const alternative of choice.alternatives) {
        const holds = (alternative.holds ?? []).map(this.identity);
        const fails = (alternative.fails ?? []).map(this.identity);
        if (holds.some((id) => branch.fails.has(id)) || fails.some((id) => branch.holds.has(id))) continue;
        if (this.#isRefuted(alternative, branch)) continue;
        alternatives.push(alternative);
        met ||=
          (alternative.literals ?? []).length === 0 &&
          holds.every((id) => branch.holds.has(id)) &&
          fails.every((id) => branch.fails.has(id));
      }
      if (met) continue;
      if (alternatives.length === 0) return undefined;
      kept.push({ ...choice, alternatives });
    }
    return kept;
  }

  /** Whether a literal contradicts at first sight what the branch says of a member: most of a new version is the old one. */
  #isRefuted({ literals }: Alternative, branch: Branch): boolean {
    if (literals === undefined) return false;
    for (const literal of literals) {
      if (literal.kind !== 'present' && literal.kind !== 'absent') continue;
      branch.told ??= new MembersTold(branch.literals, this.identity);
      if (branch.told.refutes(literal)) return true;
    }
    return false;
  }

  /**
   * Several subschemas must all fail. One that cannot fail here settles the branch; one that cannot hold here fails by
   * itself and is dropped. That keeps unions of many branches from multiplying out.
   */
  #reduce(branch: Branch, choices: readonly Choice[], type: ValueType, demand: Demand): Choice[] | Found {
    const kept: Choice[] = [];
    for (const choice of choices) {
      const alone = this.#solve(copy(branch, [choice]), type, demand);
      if (alone.kind === 'none') return none;
      if (alone.kind === 'value' && this.#firstOf([alone.value], demand).kind === 'value') return alone;
      if (choice.negates === undefined || this.#mayHold(choice.negates, branch, type)) kept.push(choice);
    }
    return kept;
  }

  /**
   * Whether a subschema that has to fail could hold in this branch as well. The whole demand may say itself that it fails,
   * so it must not be asked here.
   */
  #mayHold(node: SchemaNode, branch: Branch, type: ValueType): boolean {
    const holding = copy(branch, []);
    holding.fails.delete(this.identity(node));
    if (!this.#add(holding, { holds: [node] }, type)) return false;
    return this.#solve(holding, type, { holds: [node], fails: [] }).kind !== 'none';
  }

  #leaf(literals: readonly Literal[], type: ValueType): Found {
    // The expansion for a type yields literals of that type only.
    if (type === 'number') return findNumber(literals.filter(isNumberLiteral), this.tick);
    if (type === 'string') return findString(literals.filter(isStringLiteral), this.tick);
    if (type === 'array') return findArray(literals.filter(isArrayLiteral), this);
    return findObject(literals.filter(isObjectLiteral), this);
  }
}

function ordered(ids: ReadonlySet<number>): string {
  return [...ids].sort((a, b) => a - b).join(',');
}

function excludes(node: SchemaNode, type: ValueType): boolean {
  if (node.always === false) return true;
  return node.types !== undefined && !node.types.some((t) => t === type || (t === 'integer' && type === 'number'));
}
