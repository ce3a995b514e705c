import type { SchemaNode } from './ast.ts';
import type { Literal, MemberGroup, ObjectLiteral } from './literals.ts';
import { matchesPattern } from './patterns.ts';

/** What a conjunction of literals says of single members, for a look that costs less than a search. */
export class MembersTold {
  readonly #identity: (node: SchemaNode) => number;
  readonly #present = new Set<string>();
  readonly #absent = new Set<string>();
  readonly #groups: MemberGroup[] = [];

  constructor(literals: readonly Literal[], identity: (node: SchemaNode) => number) {
    this.#identity = identity;
    for (const literal of literals) {
      if (literal.kind === 'present') this.#present.add(literal.name);
      else if (literal.kind === 'absent') this.#absent.add(literal.name);
      else if (literal.kind === 'members') this.#groups.push(literal.group);
    }
  }

  /** Surely contradicts what is said; false proves nothing. */
  refutes(literal: Extract<ObjectLiteral, { kind: 'present' | 'absent' }>): boolean {
    const { name } = literal;
    if (literal.kind === 'absent') return this.#present.has(name);
    if (this.#absent.has(name)) return true;
    const fails = literal.demand?.fails ?? [];
    if (fails.length === 0) return false;
    const forbidden = fails.map(this.#identity);
    return this.#groups.some((group) =>
      schemasOf(group, name).some((node) => forbidden.includes(this.#identity(node))),
    );
  }
}

function schemasOf({ names, patterns, others }: MemberGroup, name: string): readonly SchemaNode[] {
  const found: (SchemaNode | undefined)[] = names.has(name) ? [names.get(name)] : [];
  for (const [pattern, node] of patterns) if (matchesPattern(pattern, name)) found.push(node);
  if (found.length === 0) found.push(others);
  return found.filter((node) => node !== undefined);
}
