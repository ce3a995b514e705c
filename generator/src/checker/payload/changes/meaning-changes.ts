import type { Annotations, Json, SchemaNode } from '../../../schema/ast.ts';
import { listed } from '../../quantities.ts';
import { sameJson } from '../../same-schema.ts';
import { shown } from '../../schema-text.ts';
import type { KeywordChange } from '../words.ts';
import type { Place } from './place.ts';

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
  const reworded = (['title', 'description', 'examples'] as const).filter(
    (word) => !sameJson(older[word], newer[word]),
  );
  if (reworded.length > 0) changes.push(`reworded: ${listed(reworded)}`);
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
