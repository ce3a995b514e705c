import type { Annotations, Json, SchemaNode } from '../../../schema/ast.ts';
import { sameJson } from '../../same-schema.ts';
import { shown } from '../../schema-text.ts';
import type { KeywordChange } from '../words.ts';
import type { Place } from './place.ts';

/** The longest text of a description that a line repeats. */
const longest = 120;

/** What changed about what a place means to people and to generated code: nothing is rejected for it. */
export function meaningChanges({ nodes: old }: Place, { nodes: now }: Place): readonly KeywordChange[] {
  const changes: string[] = [];
  const [was, is] = [defaultOf(old), defaultOf(now)];
  if (was !== undefined && is === undefined) changes.push(`no longer ${shown(was)} when it is absent`);
  if (was !== undefined && is !== undefined && !sameJson(was, is))
    changes.push(`${shown(is)} instead of ${shown(was)} when it is absent`);
  const [older, newer] = [annotationsOf(old), annotationsOf(now)];
  if (older.brand !== newer.brand) {
    changes.push(
      newer.brand === undefined
        ? 'has a plain type in TypeScript again'
        : `has the type \`${newer.brand}\` in TypeScript now`,
    );
  }
  if ((older.deprecated === true) !== (newer.deprecated === true))
    changes.push(newer.deprecated === true ? 'deprecated now: stop reading it' : 'no longer deprecated');
  if (older.title !== newer.title)
    changes.push(newer.title === undefined ? 'has no title any more' : `titled “${newer.title}” now`);
  if (older.description !== newer.description)
    changes.push(
      newer.description === undefined ? 'is no longer described' : `described as “${cut(newer.description)}” now`,
    );
  if (!sameJson(older.examples, newer.examples)) changes.push('has other examples');
  return changes.map((text) => ({ keywords: [], text }));
}

/** What stands in for an absent value, as a line prints it. */
export function defaultAt(nodes: readonly SchemaNode[]): string | undefined {
  const value = defaultOf(nodes);
  return value === undefined ? undefined : shown(value);
}

function defaultOf(nodes: readonly SchemaNode[]): Json | undefined {
  return nodes.find((node) => node.default !== undefined)?.default?.value;
}

/** The nearest word of each kind: what stands beside a `$ref` goes before what stands behind it. */
function annotationsOf(nodes: readonly SchemaNode[]): Annotations {
  return Object.assign({}, ...nodes.map(({ annotations }) => annotations).reverse());
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
