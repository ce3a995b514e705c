import type { SchemaNode } from './ast.ts';
import { cellPattern, type Draft, demand, nothing, without } from './drafts.ts';
import type { Members, Tagged } from './location.ts';
import { isValid, type ValidateOptions } from './validate.ts';

type Presence = 'always' | 'asked' | 'never';

/** Whether a member is there after dropping and filling: always, if it was there before, or never. */
export function presenceOf(name: string, members: Members | Tagged | undefined): Presence {
  if (members === undefined || members.kind === 'tagged') return 'asked';
  if (members.defaults.has(name)) return 'always';
  return members.open || members.declares(name) ? 'asked' : 'never';
}

/** `dependentRequired` of what is there after dropping and filling. */
export function acceptDependentNames(draft: Draft, node: SchemaNode, members: Members): void {
  const dependents = new Map<string, readonly string[]>();
  for (const [name, others] of node.dependentRequired ?? []) {
    const presence = presenceOf(name, members);
    if (presence === 'never') continue;
    const asked = others.filter((other) => presenceOf(other, members) === 'asked');
    const impossible = others.some((other) => presenceOf(other, members) === 'never');
    if (presence === 'always')
      demand(draft, impossible ? without(node.at, 'object') : { at: node.at, required: asked });
    else if (impossible) demand(draft, { at: node.at, properties: new Map([[name, nothing(node.at)]]) });
    else if (asked.length > 0) dependents.set(name, asked);
  }
  if (dependents.size > 0) draft.dependentRequired = dependents;
}

/** `propertyNames` of what is there after dropping and filling. */
export function acceptNames(draft: Draft, node: SchemaNode, members: Members, options: ValidateOptions): void {
  const { propertyNames } = node;
  if (propertyNames === undefined) return;
  const wrong = members.names.filter((name) => !isValid(propertyNames, name, options));
  if (wrong.some((name) => members.defaults.has(name))) demand(draft, without(node.at, 'object'));
  if (members.open) draft.propertyNames = propertyNames;
  else {
    if (wrong.length > 0) {
      demand(draft, { at: node.at, properties: new Map(wrong.map((name) => [name, nothing(node.at)])) });
    }
    for (const pattern of members.patterns) {
      const elsewhere = { at: node.at, not: { at: node.at, pattern: cellPattern([pattern], [], members.names) } };
      demand(draft, { at: node.at, propertyNames: { at: node.at, anyOf: [propertyNames, elsewhere] } });
    }
  }
}
