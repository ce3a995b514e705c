/**
 * PromQL as typed values. A vector knows the labels that its series carry, so that no expression can select or
 * aggregate by a label that its metric does not have; metrics come from the runtime's one list. Operands are put in
 * parentheses wherever the text could be read in two ways.
 */
import type { Metric } from '@tenet/runtime/metric-names';

declare const carried: unique symbol;

/** An instant vector whose series carry the labels `L`. */
export interface Vector<L extends string> {
  readonly text: string;
  /** Made by an operator: needs parentheses as an operand. */
  readonly compound: boolean;
  readonly [carried]?: L;
}

/** A metric with its label matchers; the only thing that a range can be taken of. */
export interface Selector<L extends string> extends Vector<L> {
  readonly compound: false;
  readonly selects: true;
}

/** A window of PromQL in minutes, hours or days. */
export type Window = `${number}${'m' | 'h' | 'd'}`;

type LabelOf<M extends Metric> = M['labels'][number];
type Matchers<L extends string> = { readonly [K in L]?: string | readonly string[] };

/** A string in PromQL's double quotes, whose escapes are those of JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

function matcher(label: string, wanted: string | readonly string[]): string {
  if (typeof wanted === 'string') return `${label}=${quoted(wanted)}`;
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0) return `${label}=${quoted(only)}`;
  // Regular expressions of Prometheus are anchored at both ends.
  return `${label}=~${quoted(wanted.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'))}`;
}

function selector<L extends string>(name: string, where: Readonly<Record<string, unknown>>): Selector<L> {
  const pairs = Object.entries(where as Record<string, string | readonly string[]>);
  const text = `${name}{${pairs.map(([label, wanted]) => matcher(label, wanted)).join(', ')}}`;
  return { text, compound: false, selects: true };
}

/** Series of a counter or a gauge. */
export function select<M extends Metric & { readonly kind: 'counter' | 'gauge' }>(
  metric: M,
  where: Matchers<LabelOf<M>>,
): Selector<LabelOf<M>> {
  return selector(metric.name, where);
}

/** The buckets of a histogram. */
export function buckets<M extends Metric & { readonly kind: 'histogram' }>(
  metric: M,
  where: Matchers<LabelOf<M>>,
): Selector<LabelOf<M> | 'le'> {
  return selector(`${metric.name}_bucket`, where);
}

function simple<L extends string>(text: string): Vector<L> {
  return { text, compound: false };
}
function operand(vector: Vector<string>): string {
  return vector.compound ? `(${vector.text})` : vector.text;
}
function binary<L extends string>(left: Vector<string>, operator: string, right: Vector<string> | number): Vector<L> {
  const other = typeof right === 'number' ? String(right) : operand(right);
  return { text: `${operand(left)} ${operator} ${other}`, compound: true };
}
/** A set operator begins a line of its own. */
function setOperation<L extends string>(left: Vector<string>, operator: string, right: Vector<string>): Vector<L> {
  return { text: `${operand(left)}\n${operator} ${operand(right)}`, compound: true };
}

/** Growth of a counter over the window, restarts included. */
export function increase<L extends string>(of: Selector<L>, over: Window): Vector<L> {
  return simple(`increase(${of.text}[${over}])`);
}
/** Growth of a counter per second. */
export function rate<L extends string>(of: Selector<L>, over: Window): Vector<L> {
  return simple(`rate(${of.text}[${over}])`);
}
/** How often the value changed. */
export function changes<L extends string>(of: Selector<L>, over: Window): Vector<L> {
  return simple(`changes(${of.text}[${over}])`);
}
export function maxOverTime<L extends string>(of: Selector<L>, over: Window): Vector<L> {
  return simple(`max_over_time(${of.text}[${over}])`);
}
/** What the selector answered a while ago. */
export function ago<L extends string>(of: Selector<L>, by: Window): Selector<L> {
  return { text: `${of.text} offset ${by}`, compound: false, selects: true };
}
/** 1 where the selector finds nothing; carries the labels that the matchers pin to one value. */
export function absent<L extends string>(of: Selector<L>): Vector<L> {
  return simple(`absent(${of.text})`);
}

export function sumBy<L extends string, B extends NoInfer<L>>(by: readonly B[], of: Vector<L>): Vector<B> {
  return simple(`sum by (${by.join(', ')}) (${of.text})`);
}
export function maxBy<L extends string, B extends NoInfer<L>>(by: readonly B[], of: Vector<L>): Vector<B> {
  return simple(`max by (${by.join(', ')}) (${of.text})`);
}
/** Raises what is below `floor` to it. */
export function clampMin<L extends string>(of: Vector<L>, floor: number): Vector<L> {
  return simple(`clamp_min(${of.text}, ${floor})`);
}
/** The quantile of a histogram's buckets. */
export function quantile<L extends string>(q: number, of: Vector<L | 'le'>): Vector<Exclude<L, 'le'>> {
  return simple(`histogram_quantile(${q}, ${of.text})`);
}

/** Unix time minus each value. */
export function since<L extends string>(of: Vector<L>): Vector<L> {
  return { text: `time() - ${operand(of)}`, compound: true };
}
export function minus<L extends string>(left: Vector<L>, right: Vector<NoInfer<L>>): Vector<L> {
  return binary(left, '-', right);
}
export function times<L extends string>(left: Vector<L>, right: number): Vector<L> {
  return binary(left, '*', right);
}
export function dividedBy<L extends string>(left: Vector<L>, right: Vector<NoInfer<L>>): Vector<L> {
  return binary(left, '/', right);
}
/** Keeps the series whose value is greater. */
export function above<L extends string>(left: Vector<L>, right: Vector<NoInfer<L>> | number): Vector<L> {
  return binary(left, '>', right);
}
/** Keeps the series whose value is another. */
export function not<L extends string>(left: Vector<L>, value: number): Vector<L> {
  return binary(left, '!=', value);
}
/** Keeps the series that the right side has too. */
export function and<L extends string>(left: Vector<L>, right: Vector<NoInfer<L>>): Vector<L> {
  return setOperation(left, 'and', right);
}
/** Keeps the series that the right side has not. */
export function unless<L extends string>(left: Vector<L>, right: Vector<NoInfer<L>>): Vector<L> {
  return setOperation(left, 'unless', right);
}
/** Adds those series of the right side that no series of the left agrees with in the labels `on` (all without it). */
export function or<L extends string>(
  left: Vector<L>,
  right: Vector<NoInfer<L>>,
  on?: readonly NoInfer<L>[],
): Vector<L> {
  return setOperation(left, on === undefined ? 'or' : `or on (${on.join(', ')})`, right);
}
