import type { SchemaNode } from '../../../schema/ast.ts';
import { throughReferences } from '../../../schema/standing.ts';
import { scalarKeywords } from './value-tests.ts';

/** Whether a test is short enough to be written wherever it is needed, instead of in a function of its own. */
export class Weights {
  readonly #weights = new Map<SchemaNode, number>();

  isHeavy(node: SchemaNode): boolean {
    return this.#weight(node) > heaviestInline;
  }

  /** Roughly the number of comparisons when written in place; endless when it takes statements. */
  #weight(written: SchemaNode): number {
    const node = throughReferences(written);
    const known = this.#weights.get(node);
    if (known !== undefined) return known;
    let weight = 0;
    for (const keyword of Object.keys(node)) {
      if (keyword === 'enum') weight += Math.min(node.enum?.length ?? 0, 7);
      else if (!silentKeywords.has(keyword)) weight += expressible.has(keyword) ? 1 : Number.POSITIVE_INFINITY;
    }
    const parts = [node.ref, node.not, ...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
    if (weight <= heaviestInline) for (const part of parts) weight += part === undefined ? 0 : this.#weight(part);
    this.#weights.set(node, weight);
    return weight;
  }
}
const heaviestInline = 8;
const silentKeywords: ReadonlySet<string> = new Set(['at', 'always', 'default', 'annotations', 'containsEvaluates']);
const expressible: ReadonlySet<string> = new Set([...scalarKeywords, 'ref', 'allOf', 'anyOf', 'oneOf', 'not']);
