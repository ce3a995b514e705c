import type { SchemaNode } from '../../../schema/ast.ts';
import { cellsOf, type Effects } from '../../../schema/effects.ts';
import { filledDefault } from '../../../schema/fill.ts';
import type { Location, Members, Tagged } from '../../../schema/location.ts';
import { quoted } from '../js-text.ts';
import { inParts, memberText, namesText, patternText, valueText } from './source-text.ts';
import type { Declaration, ValidatorNames } from './validator-names.ts';

/**
 * The functions that drop undeclared members, or fill in defaults, place by place. Only places where something can
 * happen, there or below, have one; everywhere else `$v.unchanged` stands.
 */
export class ChangeFunctions {
  readonly #verb: 'project' | 'fill';
  readonly #names: ValidatorNames;
  readonly #effects: Effects;
  readonly #root: Location;
  readonly #functions = new Map<Location | Members | Tagged, string>();
  readonly #waiting: (Location | { readonly node: SchemaNode; readonly members: Members | Tagged })[] = [];

  constructor(verb: 'project' | 'fill', root: Location, effects: Effects, names: ValidatorNames) {
    this.#verb = verb;
    this.#names = names;
    this.#effects = effects;
    this.#root = root;
  }

  /** The name of the function for the root, and the text of all. */
  emit(): { readonly root: string; readonly code: readonly Declaration[] } {
    const root = this.#functionFor(this.#root) ?? '$v.unchanged';
    const code: Declaration[] = [];
    for (let place = this.#waiting.shift(); place !== undefined; place = this.#waiting.shift()) {
      code.push('members' in place && 'node' in place ? this.#caseFunction(place) : this.#placeFunction(place));
    }
    return { root, code };
  }

  #works(place: Location | Members | Tagged): boolean {
    return this.#verb === 'project' ? this.#effects.drops(place) : this.#effects.fills(place);
  }

  #functionFor(place: Location): string | undefined {
    if (!this.#works(place)) return undefined;
    const known = this.#functions.get(place);
    if (known !== undefined) return known;
    const name = this.#names.functionName(this.#verb, nodeOf(place));
    this.#functions.set(place, name);
    this.#waiting.push(place);
    return name;
  }

  #placeFunction(place: Location): Declaration {
    const lines: string[] = [];
    const { prefix, rest } = place.items;
    if ([...prefix, rest].some((item) => this.#works(item))) {
      const slots = prefix.map((item) => this.#functionFor(item) ?? '$v.unchanged');
      const last = this.#functionFor(rest) ?? '$v.unchanged';
      lines.push(`if ($v.isArray(v)) return $v.changeItems(v, ${this.#slots(slots)}, ${last});`);
    }
    if (this.#works(place.members)) {
      lines.push('if (!$v.isObject(v)) return v;', ...this.#membersLines(place.members, nodeOf(place)));
    } else {
      lines.push('return v;');
    }
    return declaration(this.#functions.get(place) ?? '', 'unknown', lines);
  }

  #slots(slots: readonly string[]): string {
    return slots.length === 0 ? '$v.noSlots' : `[${slots.join(', ')}]`;
  }

  #caseFunction({ node, members }: { readonly node: SchemaNode; readonly members: Members | Tagged }): Declaration {
    return declaration(this.#functions.get(members) ?? '', '$v.Members', this.#membersLines(members, node));
  }

  #membersLines(members: Members | Tagged, node: SchemaNode): string[] {
    return members.kind === 'tagged' ? this.#taggedLines(members, node) : this.#untaggedLines(members);
  }

  #taggedLines(tagged: Tagged, node: SchemaNode): string[] {
    const lines = [`switch (${memberText('v', tagged.property)}) {`];
    for (const { values, members } of tagged.cases) {
      if (!this.#works(members) || values.length === 0) continue;
      let name = this.#functions.get(members);
      if (name === undefined) {
        name = this.#names.functionName(this.#verb, node, values.slice(0, 3).map(String).join(' '));
        this.#functions.set(members, name);
        this.#waiting.push({ node, members });
      }
      lines.push(...values.map((value) => `  case ${valueText(value)}:`), `    return ${name}(v);`);
    }
    return [...lines, '  default:', '    return v;', '}'];
  }

  #untaggedLines(members: Members): string[] {
    const names = (): string => this.#names.constant('names', namesText(members.names));
    const patterns = members.patterns.map((pattern) => this.#names.constant('pattern', patternText(pattern)));
    const start =
      this.#verb === 'project' && !members.open
        ? `$v.onlyDeclared(v, ${names()}, ${patterns.length === 0 ? '$v.noPatterns' : `[${patterns.join(', ')}]`})`
        : 'v';
    const lines: string[] = [];
    const groups = members.names.map((name) => this.#memberLines(members, name)).filter((group) => group.length > 0);
    lines.push(...inParts(groups));
    const others = this.#choose(members, [], members.patterns);
    if (others !== '$v.unchanged') {
      const declared = members.names.length > 0 ? `if (!${names()}.has(k)) ` : '';
      lines.push(`for (const k in w) ${declared}w = $v.withMember(w, v, k, (${others})(w[k]));`);
    }
    if (lines.length === 0) return [`return ${start};`];
    return [`let w: $v.Members = ${start};`, ...lines, 'return w;'];
  }

  #memberLines(members: Members, name: string): string[] {
    const change = this.#functionFor(members.member(name));
    const found = this.#verb === 'fill' ? members.defaults.get(name) : undefined;
    if (change === undefined && found === undefined) return [];
    const access = memberText('v', name);
    const assign = (value: string): string => `w = $v.withMember(w, v, ${quoted(name)}, ${value});`;
    const lines: string[] = [];
    if (change !== undefined) lines.push(`if (${access} !== undefined) ${assign(`${change}(${access})`)}`);
    if (found !== undefined) {
      const filled = assign(valueText(filledDefault(members, name, found)));
      lines.push(change === undefined ? `if (${access} === undefined) ${filled}` : `else ${filled}`);
    }
    return lines;
  }

  /** The change of a member without a name of its own: by the patterns that its name, `k`, matches. */
  #choose(members: Members, matched: readonly string[], left: readonly string[]): string {
    const [pattern, ...others] = left;
    if (pattern === undefined) {
      const kept = cellsOf(members).some(
        (cell) => cell.size === matched.length && matched.every((each) => cell.has(each)),
      );
      return (kept ? this.#functionFor(members.cell(new Set(matched))) : undefined) ?? '$v.unchanged';
    }
    const yes = this.#choose(members, [...matched, pattern], others);
    const no = this.#choose(members, matched, others);
    if (yes === no) return yes;
    return `${this.#names.constant('pattern', patternText(pattern))}.test(k) ? ${yes} : ${no}`;
  }
}

function declaration(name: string, argument: string, lines: readonly string[]): Declaration {
  return {
    name,
    text: `function ${name}(v: ${argument}): unknown {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`,
  };
}

/** The node that gives the place its name in code. */
function nodeOf({ standing }: Location): SchemaNode {
  const node = standing.must[0] ?? standing.groups[0]?.[0]?.[0] ?? standing.looked[0];
  return node ?? { at: { document: '', pointer: '' } };
}
