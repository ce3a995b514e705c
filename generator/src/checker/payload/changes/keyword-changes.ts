import type { Json, SchemaNode } from '../../../schema/ast.ts';
import { sameJson, sameSchema } from '../../same-schema.ts';
import { shown } from '../../schema-text.ts';
import type { KeywordChange } from '../words.ts';
import { meaningChanges } from './meaning-changes.ts';
import type { Place } from './place.ts';
import { sayKind, someOf } from './say-kind.ts';
import { without } from './values.ts';

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
  if (sameTypes(old, now)) return undefined;
  if (old?.length === 0) return { keywords: ['', ...keywords], text: `allowed now: ${sayKind(is)}` };
  if (now?.length === 0) return { keywords: ['', ...keywords], text: `no longer allowed; was ${sayKind(was)}` };
  const come = now?.filter((type) => !old?.includes(type)).join();
  const gone = old?.filter((type) => !now?.includes(type)).join();
  if (come === 'null' && gone === '') return { keywords, text: 'may be null now: handlers must expect it' };
  if (come === '' && gone === 'null') return { keywords, text: 'is never null any more' };
  const fractions = gone === 'integer' && come === 'number' ? ': fractions may come' : '';
  const replaces = come !== '' && gone !== '' && fractions === '';
  return { keywords, replaces, text: `${sayKind(is)} instead of ${sayKind(was)}${fractions}` };
}

function sameTypes(was: Place['types'], is: Place['types']): boolean {
  return sameJson(was && [...was].sort(), is && [...is].sort());
}

/** Both versions say which types, and one of them has all of the other's. */
function isWidened({ types: was }: Place, { types: is }: Place): boolean {
  if (!was || !is) return true;
  const covers = (a: readonly string[], b: readonly string[]): boolean =>
    b.every((type) => a.includes(type) || (type === 'integer' && a.includes('number')));
  return covers(was, is) || covers(is, was);
}

function valuesChange(was: readonly Json[], is: readonly Json[]): KeywordChange | undefined {
  const [come, gone] = [without(is, was), without(was, is)];
  if (come.length + gone.length === 0) return undefined;
  const keywords = ['enum', 'const'];
  const cost = come.length > 0 ? ': handlers meet a value they do not know' : '';
  if (was.length === 1 && is.length === 1)
    return { keywords, text: `${shown(is[0])} instead of ${shown(was[0])}${cost}` };
  const parts = [
    ...(come.length > 0 ? [`may also be ${someOf(come.map(shown))}`] : []),
    ...(gone.length > 0 ? [`is no longer ${someOf(gone.map(shown))}`] : []),
  ];
  return { keywords, text: `${parts.join(', and ')}${cost}` };
}

interface Limit {
  readonly keywords: readonly ('minimum' | 'exclusiveMinimum' | 'maximum' | 'exclusiveMaximum' | Counting)[];
  /** One for each keyword. */
  readonly say: readonly string[];
  readonly unit: string;
  readonly upper: boolean;
}

type Counting = 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'minProperties' | 'maxProperties';

/** Of several that are written, the strictest holds. */
const limits: readonly Limit[] = [
  { keywords: ['minimum', 'exclusiveMinimum'], say: ['at least', 'more than'], unit: '', upper: false },
  { keywords: ['maximum', 'exclusiveMaximum'], say: ['at most', 'less than'], unit: '', upper: true },
  { keywords: ['minLength'], say: ['at least'], unit: ' character', upper: false },
  { keywords: ['maxLength'], say: ['at most'], unit: ' character', upper: true },
  { keywords: ['minItems'], say: ['at least'], unit: ' item', upper: false },
  { keywords: ['maxItems'], say: ['at most'], unit: ' item', upper: true },
  { keywords: ['minProperties'], say: ['at least'], unit: ' member', upper: false },
  { keywords: ['maxProperties'], say: ['at most'], unit: ' member', upper: true },
];

interface Held {
  readonly say: string;
  readonly amount: number;
}

function limitChanges(old: Place, now: Place): readonly KeywordChange[] {
  return limits.flatMap((limit) => {
    const [was, is] = [strictest(limit, old.nodes), strictest(limit, now.nodes)];
    if (sameJson(was, is)) return [];
    const { keywords, unit } = limit;
    const units = (amount: number): string => (unit === '' || amount === 1 ? unit : `${unit}s`);
    const words = ({ say, amount }: Held): string => `${say} ${amount}${units(amount)}`;
    if (!was || !is) return [{ keywords, text: is ? `${words(is)} now` : `no longer ${was ? words(was) : ''}` }];
    const before = was.say === is.say ? `${was.amount}${units(was.amount)}` : words(was);
    return [{ keywords, text: `${is.say} ${is.amount} instead of ${before}` }];
  });
}

/** Undefined also where the limit says nothing: every length is at least 0. */
function strictest({ keywords, say, unit, upper }: Limit, nodes: readonly SchemaNode[]): Held | undefined {
  const held = keywords.flatMap((keyword, index) =>
    nodes.flatMap((node) => {
      const amount = node[keyword];
      return amount === undefined || (amount === 0 && unit !== '' && !upper) ? [] : [{ say: say[index] ?? '', amount }];
    }),
  );
  return held.reduce<Held | undefined>((hardest, next) => {
    if (!hardest) return next;
    return (upper ? next.amount <= hardest.amount : next.amount >= hardest.amount) ? next : hardest;
  }, undefined);
}

/** Keywords of which each one that is written must hold. */
function textChanges({ nodes: old }: Place, { nodes: now }: Place, formats: FormatView): readonly KeywordChange[] {
  const unchecked = formats.checked ? '' : ' (it is not checked)';
  const texts = [
    ['pattern', 'matches', ''],
    ['format', 'format', unchecked],
    ['multipleOf', 'a multiple of', ''],
  ] as const;
  const said: KeywordChange[] = texts.flatMap(([keyword, say, note]) => {
    const [was, is] = [written(old, keyword), written(now, keyword)];
    if (was === is) return [];
    const text = is === '' ? `no longer ${say} ${was}` : `${say} ${is}${was === '' ? ' now' : ` instead of ${was}`}`;
    return [{ keywords: [keyword], text: `${text}${note}` }];
  });
  const [were, are] = [old, now].map((nodes) => nodes.some(({ uniqueItems }) => uniqueItems === true));
  if (were === are) return said;
  return [...said, { keywords: ['uniqueItems'], text: are ? 'no item comes twice now' : 'an item may come twice now' }];
}

function written(nodes: readonly SchemaNode[], keyword: 'pattern' | 'format' | 'multipleOf'): string {
  const values = new Set(nodes.flatMap((node) => node[keyword] ?? []).map((value) => `\`${value}\``));
  return [...values].sort().join(' and ');
}

/** Keywords whose effect depends on the rest of the event: that they changed is said, and not how. */
const conditions: readonly (readonly [keywords: readonly (keyof SchemaNode)[], noun: string])[] = [
  [['if', 'then', 'else'], 'condition (`if`)'],
  [['not'], 'exclusion (`not`)'],
  [['dependentRequired'], 'need of members for one another (`dependentRequired`)'],
  [['dependentSchemas'], 'condition (`dependentSchemas`)'],
  [['contains', 'minContains', 'maxContains'], 'demand on its items (`contains`)'],
  [['propertyNames'], 'rule for names (`propertyNames`)'],
  [['unevaluatedItems'], 'rule for further items (`unevaluatedItems`)'],
];

function conditionChanges({ nodes: old }: Place, { nodes: now }: Place): readonly KeywordChange[] {
  return conditions.flatMap(([keywords, noun]) => {
    const [was, is] = [old, now].map((nodes) =>
      nodes.map((node) => only(node, keywords)).filter((node) => node !== undefined),
    );
    if (!was || !is) return [];
    if (was.length === is.length && was.every((node, index) => sameSchema(node, is[index] ?? node, false))) return [];
    if (was.length === 0) return [{ keywords, text: `has ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun} now` }];
    return [{ keywords, text: is.length === 0 ? `has no ${noun} any more` : `has another ${noun}` }];
  });
}

function only(node: SchemaNode, keywords: readonly (keyof SchemaNode)[]): SchemaNode | undefined {
  const written = keywords.filter((keyword) => node[keyword] !== undefined);
  if (written.length === 0) return undefined;
  return { at: node.at, ...Object.fromEntries(written.map((keyword) => [keyword, node[keyword]])) };
}
