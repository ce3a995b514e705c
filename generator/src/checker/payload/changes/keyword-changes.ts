import type { Json, SchemaNode } from '../../../schema/ast.ts';
import { sameJson, sameSchema } from '../../same-schema.ts';
import { shown } from '../../schema-text.ts';
import type { KeywordChange } from '../words.ts';
import { meaningChanges } from './meaning-changes.ts';
import type { Place } from './place.ts';
import { sayKind, someOf } from './say-kind.ts';

export interface FormatView {
  /** `format` decides about validity. */
  readonly checked: boolean;
}

/** In the order in which a reader asks: what it is, which values, within which limits, what it means. */
export function keywordChanges(was: Place, is: Place, formats: FormatView): readonly KeywordChange[] {
  const kind = kindChange(was, is);
  // A value of another kind has other limits; they say nothing about the change.
  const isOther = kind?.keywords.includes('type') && !isWidened(was, is);
  return [
    ...(kind ? [kind] : []),
    ...(isOther ? [] : limitChanges(was, is)),
    ...(isOther ? [] : textChanges(was, is, formats)),
    ...conditionChanges(was, is),
    ...meaningChanges(was, is),
  ];
}

function kindChange(was: Place, is: Place): KeywordChange | undefined {
  if (was.values && is.values) return valuesChange(was.values, is.values);
  const keywords = ['type', 'enum', 'const'];
  if (was.values || is.values) return { keywords, text: `${sayKind(is)} instead of ${sayKind(was)}` };
  const [old, now] = [was.types, is.types];
  if (sameJson([...(old ?? ['any'])].sort(), [...(now ?? ['any'])].sort())) return undefined;
  const come = now?.filter((type) => !old?.includes(type)) ?? [];
  const gone = old?.filter((type) => !now?.includes(type)) ?? [];
  if (old && now && gone.length === 0 && come.join() === 'null')
    return { keywords, text: 'may be null now: handlers must expect it' };
  if (old && now && come.length === 0 && gone.join() === 'null') return { keywords, text: 'is never null any more' };
  if (gone.join() === 'integer' && come.join() === 'number')
    return { keywords, text: 'number instead of integer: fractions may come' };
  return { keywords, text: `${sayKind(is)} instead of ${sayKind(was)}` };
}

/** Both versions say which types, and one of them has all of the other's. */
function isWidened({ types: was }: Place, { types: is }: Place): boolean {
  if (!was || !is) return true;
  const covers = (a: readonly string[], b: readonly string[]): boolean =>
    b.every((type) => a.includes(type) || (type === 'integer' && a.includes('number')));
  return covers(was, is) || covers(is, was);
}

function valuesChange(was: readonly Json[], is: readonly Json[]): KeywordChange | undefined {
  const come = is.filter((value) => !was.some((other) => sameJson(value, other)));
  const gone = was.filter((value) => !is.some((other) => sameJson(value, other)));
  const parts = [
    ...(come.length > 0 ? [`may also be ${someOf(come.map(shown))}`] : []),
    ...(gone.length > 0 ? [`is no longer ${someOf(gone.map(shown))}`] : []),
  ];
  const cost = come.length > 0 ? ': handlers meet a value they do not know' : '';
  return parts.length === 0 ? undefined : { keywords: ['enum', 'const'], text: `${parts.join(', and ')}${cost}` };
}

type Numeric =
  | 'minimum'
  | 'exclusiveMinimum'
  | 'maximum'
  | 'exclusiveMaximum'
  | 'minLength'
  | 'maxLength'
  | 'minItems'
  | 'maxItems'
  | 'minProperties'
  | 'maxProperties';

/** The words of a limit, and which of several holds. */
const limits: Readonly<Record<Numeric, readonly [say: string, unit: string, pick: (...all: number[]) => number]>> = {
  minimum: ['at least', '', Math.max],
  exclusiveMinimum: ['more than', '', Math.max],
  maximum: ['at most', '', Math.min],
  exclusiveMaximum: ['less than', '', Math.min],
  minLength: ['at least', ' character', Math.max],
  maxLength: ['at most', ' character', Math.min],
  minItems: ['at least', ' item', Math.max],
  maxItems: ['at most', ' item', Math.min],
  minProperties: ['at least', ' member', Math.max],
  maxProperties: ['at most', ' member', Math.min],
};

/** A limit that says nothing: every length is at least 0. */
const silent: Partial<Record<Numeric, number>> = { minLength: 0, minItems: 0, minProperties: 0 };

function limitChanges({ nodes: old }: Place, { nodes: now }: Place): readonly KeywordChange[] {
  return (Object.keys(limits) as Numeric[]).flatMap((keyword) => {
    const [say, unit, pick] = limits[keyword];
    const [was, is] = [old, now].map((nodes) => {
      const found = nodes.flatMap((node) => node[keyword] ?? []);
      const held = found.length === 0 ? undefined : pick(...found);
      return held === silent[keyword] ? undefined : held;
    });
    if (was === is) return [];
    const units = (amount: number): string => (unit === '' || amount === 1 ? unit : `${unit}s`);
    if (was === undefined) return [{ keywords: [keyword], text: `${say} ${is}${units(is ?? 0)} now` }];
    if (is === undefined) return [{ keywords: [keyword], text: `no longer ${say} ${was}${units(was)}` }];
    return [{ keywords: [keyword], text: `${say} ${is} instead of ${was}${units(was)}` }];
  });
}

/** Keywords of which each one that is written must hold. */
function textChanges({ nodes: old }: Place, { nodes: now }: Place, formats: FormatView): readonly KeywordChange[] {
  const unchecked = formats.checked ? '' : ' (it is not checked)';
  const texts = [
    ['pattern', (value: string) => `matches \`${value}\``, ''],
    ['format', (value: string) => `format \`${value}\``, unchecked],
    ['multipleOf', (value: string) => `a multiple of ${value}`, ''],
  ] as const;
  const said: KeywordChange[] = texts.flatMap(([keyword, say, note]) => {
    const [was, is] = [old, now].map((nodes) => [...new Set(nodes.flatMap((node) => node[keyword] ?? []))].map(String));
    if (!was || !is || sameJson([...was].sort(), [...is].sort())) return [];
    return [{ keywords: [keyword], text: `${moved(was.map(say), is.map(say))}${note}` }];
  });
  const [were, are] = [old, now].map((nodes) => nodes.some(({ uniqueItems }) => uniqueItems === true));
  if (were === are) return said;
  return [...said, { keywords: ['uniqueItems'], text: are ? 'no item comes twice now' : 'an item may come twice now' }];
}

function moved(was: readonly string[], is: readonly string[]): string {
  if (was.length === 0) return `${is.join(' and ')} now`;
  return is.length === 0 ? `no longer ${was.join(' and ')}` : `${is.join(' and ')} instead of ${was.join(' and ')}`;
}

/** Keywords whose effect depends on the rest of the event: that they changed is said, and not how. */
const conditions: readonly (readonly [keywords: readonly (keyof SchemaNode)[], say: string])[] = [
  [['if', 'then', 'else'], 'what holds under its condition (`if`)'],
  [['not'], 'what it must not be (`not`)'],
  [
    ['dependentRequired', 'dependentSchemas'],
    'which members need one another (`dependentRequired`, `dependentSchemas`)',
  ],
  [['contains', 'minContains', 'maxContains'], 'what it must contain (`contains`)'],
  [['propertyNames'], 'how members may be named (`propertyNames`)'],
  [['unevaluatedItems'], 'what further items may be (`unevaluatedItems`)'],
];

function conditionChanges({ nodes: old }: Place, { nodes: now }: Place): readonly KeywordChange[] {
  return conditions.flatMap(([keywords, say]) => {
    const [was, is] = [old, now].map((nodes) =>
      nodes.map((node) => only(node, keywords)).filter((node) => node !== undefined),
    );
    if (!was || !is) return [];
    if (was.length === is.length && was.every((node, index) => sameSchema(node, is[index] ?? node, false))) return [];
    const how = was.length === 0 ? 'is new' : is.length === 0 ? 'is gone' : 'changed';
    return [{ keywords, text: `${say} ${how}` }];
  });
}

function only(node: SchemaNode, keywords: readonly (keyof SchemaNode)[]): SchemaNode | undefined {
  const written = keywords.filter((keyword) => node[keyword] !== undefined);
  if (written.length === 0) return undefined;
  return { at: node.at, ...Object.fromEntries(written.map((keyword) => [keyword, node[keyword]])) };
}
