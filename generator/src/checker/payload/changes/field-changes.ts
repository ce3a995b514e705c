import type { Schema, SchemaNode } from '../../../schema/ast.ts';
import { declaredNames, isDefaulted, itemNodes, memberNodes } from '../conjunction.ts';
import { type DeclarationChange, type FieldChange, wholeSchema } from '../words.ts';
import { alternativeNames, matchAlternatives } from './alternatives.ts';
import { keywordChanges } from './keyword-changes.ts';
import { defaultAt } from './meaning-changes.ts';
import { isOpen, opennessOf, restNodes, speaks, takesAnyName } from './openness.ts';
import { type Place, placeApart, placeOf, type Union } from './place.ts';
import { sayKind, someOf } from './say-kind.ts';

/** Compares what two schemas say, place by place, in words. Empty for a schema and itself. */
export function fieldChanges(before: Schema, after: Schema): readonly FieldChange[] {
  const walk = new Walk(after.assertFormats);
  walk.compare([before.root], [after.root], { pointer: '', path: '', variant: '' });
  return walk.changes;
}

/** Subschemas are counted for every place of which they speak; a real schema has some thousands. */
const mostWork = 2_000_000;

/** Every union of a place is matched with another, and looks through all that is said there. */
function effortOf({ nodes, unions }: Place): number {
  return nodes.length * (1 + unions.length);
}

/** Where the walk stands in an event. */
interface Here {
  readonly pointer: string;
  readonly path: string;
  /** ` (variant \`"card"\`)` below an alternative. */
  readonly variant: string;
  /** What the newer schema says there. */
  readonly node?: SchemaNode;
}

class Walk {
  readonly changes: FieldChange[] = [];
  readonly #checked: boolean;
  /** Structures that were met, so that a definition that is used twice is compared once. */
  readonly #met = new Map<string, { readonly place: string; changes: number }>();
  readonly #numbers = new Map<SchemaNode, number>();
  #work = 0;

  constructor(checked: boolean) {
    this.#checked = checked;
  }

  /** An empty list is a place about which nothing is said. */
  compare(old: readonly SchemaNode[], now: readonly SchemaNode[], from: Here): void {
    if (this.#work > mostWork) return;
    const [was, is] = aligned(old, now);
    this.#work += effortOf(was) + effortOf(is);
    if (this.#work > mostWork) {
      this.changes.push({ ...wholeSchema, text: 'is too entangled to list all that changed' });
      return;
    }
    const [node] = now;
    const here = node ? { ...from, node } : from;
    for (const change of keywordChanges(was, is, { checked: this.#checked }))
      this.changes.push({ kind: 'changed', sign: '~', ...spot(here), ...change });
    const key = `${this.#structure(was)}|${this.#structure(is)}`;
    const met = this.#met.get(key);
    if (met) {
      if (met.changes > 0 && met.place !== placeName(here)) this.#say('~', here, `changes as ${met.place} does`, []);
      return;
    }
    const entry = { place: placeName(here), changes: 0 };
    this.#met.set(key, entry);
    const first = this.changes.length;
    if (takes(was, 'object') && takes(is, 'object')) this.#members(was, is, here);
    if (takes(was, 'array') && takes(is, 'array')) this.#items(was, is, here);
    this.#alternatives(was, is, here);
    entry.changes = this.changes.length - first;
  }

  #say(sign: FieldChange['sign'], here: Here, text: string, keywords?: readonly string[]): void {
    this.changes.push({ kind: 'changed', sign, ...spot(here), text, ...(keywords ? { keywords } : {}) });
  }

  /** Inside a variant a name comes and goes for some events only; the rules about losses ask about all of them. */
  #declare(change: Omit<DeclarationChange, 'pointer' | 'place'>, here: Here): void {
    if (here.variant !== '') this.#say(change.sign, { ...here, node: change.node }, change.text, change.keywords);
    else this.changes.push({ ...change, pointer: here.pointer, place: placeName(here) });
  }

  /** The nodes of a place that have something below them, as a key. */
  #structure({ nodes }: Place): string {
    const inner = nodes.filter(hasInside);
    for (const node of inner) if (!this.#numbers.has(node)) this.#numbers.set(node, this.#numbers.size);
    return inner.map((node) => this.#numbers.get(node)).join();
  }

  #members(was: Place, is: Place, here: Here): void {
    const sides: Sides = { was, is, old: membersOf(was.nodes), now: membersOf(is.nodes) };
    for (const name of namesOf(sides)) this.#member(sides, name, inside(here, name));
    for (const pattern of patternsOf(was, is)) {
      const there = { ...inside(here, '*'), path: `${here.path}/* (names like \`${pattern}\`)` };
      const [old, now] = [patternNodes(was, pattern), patternNodes(is, pattern)];
      if (old.length === 0) this.#say('+', there, sayKind(placeOf(now)));
      else if (now.length === 0) this.#say('-', there, `was ${sayKind(placeOf(old))}`);
      else this.compare(old, now, there);
    }
    this.#openness(was.nodes, is.nodes, here);
  }

  #member(sides: Sides, name: string, here: Here): void {
    const { was, is, old, now } = sides;
    const [before, after] = [memberNodes(was.nodes, name), memberNodes(is.nodes, name)];
    const [wasDeclared, isDeclared] = [old.declared.has(name), now.declared.has(name)];
    const [wasRequired, nowRequired] = [old.required.has(name), now.required.has(name)];
    const node = after[0] ?? is.nodes[0];
    if (node && isDeclared !== wasDeclared) {
      const facts: Facts = {
        defaulted: isDefaulted(is.nodes, name),
        wasSure: wasRequired || isDefaulted(was.nodes, name),
        node,
        ...(before[0] ? { old: before[0] } : {}),
      };
      if (isDeclared ? this.#come(sides, name, facts, here) : this.#gone(sides, name, facts, here)) return;
    }
    if (nowRequired && !wasRequired) this.#say('~', here, 'now required', ['required']);
    if (!nowRequired && wasRequired) this.#say('~', here, 'now optional: handlers must do without it', ['required']);
    const value = defaultAt(placeOf(after).nodes);
    if (node && isDeclared && wasDeclared && value !== undefined && defaultAt(placeOf(before).nodes) === undefined) {
      const text = `now has a default: ${value} stands in where it is absent`;
      const facts: Facts = { defaulted: true, wasSure: wasRequired, node, ...(before[0] ? { old: before[0] } : {}) };
      this.#declare({ ...facts, kind: 'default-added', sign: '~', text, keywords: [] }, here);
    }
    this.compare(before, after, here);
  }

  /** A name that is declared now. False where its values were described before, and are still to be compared. */
  #come({ was, is, now }: Sides, name: string, facts: Facts, here: Here): boolean {
    const field = sayField(is, name, now.required.has(name));
    if (isOpen(was.nodes)) {
      const described = restNodes(was.nodes).length > 0;
      this.#say(
        '~',
        here,
        `declared by its own name now${described ? '' : `: ${field} instead of any type`}`,
        described ? [] : undefined,
      );
      return !described;
    }
    if (declaredSomewhere(was, name)) this.#say('~', here, `in every variant now: ${field}`);
    else {
      const text = `${field} · consumers ignore it until they read it`;
      this.#declare({ ...facts, kind: 'added', sign: '+', text }, here);
    }
    return true;
  }

  /** The reverse. */
  #gone({ was, is, old }: Sides, name: string, facts: Facts, here: Here): boolean {
    const field = sayField(was, name, old.required.has(name));
    if (isOpen(is.nodes)) {
      const described = restNodes(is.nodes).length > 0;
      this.#say(
        '~',
        here,
        `no longer declared by its own name${described ? '' : `: any type instead of ${field}`}`,
        described ? [] : undefined,
      );
      return !described;
    }
    if (declaredSomewhere(is, name)) this.#say('~', here, `in some variants only; was ${field} in all`);
    else {
      const text = `was ${field} · handlers no longer see what events have there`;
      this.#declare({ ...facts, kind: 'removed', sign: '-', text }, here);
    }
    return true;
  }

  #openness(old: readonly SchemaNode[], now: readonly SchemaNode[], here: Here): void {
    const [was, is] = [opennessOf(old), opennessOf(now)];
    const [first] = now;
    if (takesAnyName(old) && takesAnyName(now)) this.compare(restNodes(old), restNodes(now), inside(here, '*'));
    else if (was === 'open' && first && speaks(now)) {
      const text = 'no longer takes any name: what is not declared is not shown to handlers';
      const facts: Facts = { defaulted: false, wasSure: false, node: first, ...(old[0] ? { old: old[0] } : {}) };
      this.#declare({ ...facts, kind: 'map-closed', sign: '-', text }, here);
    } else if (is === 'open' && was !== 'open')
      this.#say(
        '+',
        here,
        `takes any name now${restNodes(now).length === 0 ? '' : `, with values of ${sayKind(placeOf(restNodes(now)))}`}`,
        [],
      );
    else if (is === 'closed' && was === 'silent')
      this.#say('~', here, 'is closed now: hand-written services refuse names that are not declared', []);
    else if (is === 'silent' && was === 'closed')
      this.#say('~', here, 'is no longer closed: names that are not declared are looked past', []);
  }

  #items(was: Place, is: Place, here: Here): void {
    const slots = Math.max(0, ...[...was.nodes, ...is.nodes].map(({ prefixItems }) => prefixItems?.length ?? 0));
    for (let index = 0; index < slots; index += 1)
      this.compare(itemNodes(was.nodes, index), itemNodes(is.nodes, index), inside(here, String(index)));
    const [old, now] = [itemNodes(was.nodes, slots), itemNodes(is.nodes, slots)];
    if (old.length === 0 && now.length === 0) return;
    const there = inside(here, String(slots));
    this.compare(old, now, { ...there, path: slots === 0 ? `${here.path}/*` : `${there.path}…` });
  }

  #alternatives(was: Place, is: Place, here: Here): void {
    for (let index = 0; index < Math.max(was.unions.length, is.unions.length); index += 1) {
      const [old, now] = [was.unions[index], is.unions[index]];
      if (old && now) this.#matched(old, now, here);
      else if (now) this.#say('~', here, `is one of the variants ${someOf(alternativeNames(now))} now`, unionKeywords);
      else if (old) this.#say('~', here, `is no longer split into ${someOf(alternativeNames(old))}`, unionKeywords);
    }
  }

  #matched(old: Union, now: Union, here: Here): void {
    const { pairs, come, gone } = matchAlternatives(old, now);
    for (const name of come)
      this.#say('+', here, `variant ${name}: handlers meet a form they do not know`, unionKeywords);
    for (const name of gone) this.#say('-', here, `variant ${name}: no event has this form any more`, unionKeywords);
    if (old.keyword !== now.keyword) {
      const text = now.keyword === 'oneOf' ? 'exactly one variant must fit now' : 'several variants may fit now';
      this.#say('~', here, text, unionKeywords);
    }
    for (const [name, was, is] of pairs)
      this.compare([was], [is], { ...here, variant: `${here.variant} (variant ${name})` });
  }
}

type Facts = Pick<DeclarationChange, 'defaulted' | 'wasSure' | 'node' | 'old'>;

const unionKeywords = ['anyOf', 'oneOf'];

/**
 * Both places, with what the schema says in alternatives told apart in both where one of them does: a form that gets
 * a second one beside it has become a variant.
 */
function aligned(old: readonly SchemaNode[], now: readonly SchemaNode[]): readonly [Place, Place] {
  const [was, is] = [placeOf(old), placeOf(now)];
  if (was.unions.length === is.unions.length) return [was, is];
  if (was.unions.length === 0) return [asVariant(old, is), is];
  return is.unions.length === 0 ? [was, asVariant(now, was)] : [was, is];
}

function asVariant(start: readonly SchemaNode[], other: Place): Place {
  const apart = placeApart(start);
  const [only] = start;
  if (apart.unions.length > 0 || start.length !== 1 || !only) return apart;
  if (!speaks(apart.nodes) || speaks(other.nodes)) return apart;
  return { ...other, nodes: [], unions: [{ keyword: other.unions[0]?.keyword ?? 'oneOf', branches: [only] }] };
}

function takes({ types }: Place, type: 'object' | 'array'): boolean {
  return types === undefined || types.includes(type);
}

/** Is there more below this node than its own keywords? */
function hasInside(node: SchemaNode): boolean {
  return inner.some((keyword) => node[keyword] !== undefined);
}

const inner = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'required',
  'prefixItems',
  'items',
  'anyOf',
  'oneOf',
] as const;

/** Both versions of an object, and the names that each of them speaks of. */
interface Sides {
  readonly was: Place;
  readonly is: Place;
  readonly old: Members;
  readonly now: Members;
}

interface Members {
  readonly declared: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

function membersOf(nodes: readonly SchemaNode[]): Members {
  return { declared: declaredNames(nodes), required: new Set(nodes.flatMap((node) => node.required ?? [])) };
}

function namesOf({ old, now }: Sides): readonly string[] {
  return [...new Set([old, now].flatMap(({ declared, required }) => [...declared, ...required]))].sort();
}

function patternsOf(was: Place, is: Place): readonly string[] {
  const nodes = [...was.nodes, ...is.nodes];
  return [...new Set(nodes.flatMap((node) => [...(node.patternProperties?.keys() ?? [])]))].sort();
}

function patternNodes({ nodes }: Place, pattern: string): readonly SchemaNode[] {
  return nodes.flatMap((node) => node.patternProperties?.get(pattern) ?? []);
}

/** Do alternatives of the place, or alternatives of those, declare the name? */
function declaredSomewhere({ unions }: Place, name: string): boolean {
  const found = new Set(unions.flatMap(({ branches }) => branches));
  for (const node of found) {
    if (node.properties?.has(name)) return true;
    for (const part of [node.ref, ...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])])
      if (part) found.add(part);
  }
  return false;
}

function inside(here: Here, name: string): Here {
  const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return { ...here, pointer: `${here.pointer}/${token}`, path: `${here.path}/${token}` };
}

function spot(here: Here): Pick<FieldChange, 'pointer' | 'place' | 'node'> {
  const { pointer, node } = here;
  return { pointer, place: placeName(here), ...(node ? { node } : {}) };
}

function placeName({ path, variant }: Here): string {
  return `${path === '' ? 'the event' : path}${variant}`;
}

/** `required string` · `optional integer, default \`0\`` */
function sayField({ nodes }: Place, name: string, isRequired: boolean): string {
  const place = placeOf(memberNodes(nodes, name));
  const value = defaultAt(place.nodes);
  return `${isRequired ? 'required' : 'optional'} ${sayKind(place)}${value === undefined ? '' : `, default ${value}`}`;
}
