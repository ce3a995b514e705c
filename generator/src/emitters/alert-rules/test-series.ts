/** The series that a shipped test feeds to an alert, in promtool's notation; one sample a minute. */
import type { Metric } from '@tenet/runtime/metric-names';
import { quoted } from './promql.ts';

export interface TestSeries {
  readonly series: string;
  readonly values: string;
}

type Labels<M extends Metric> = { readonly [K in M['labels'][number]]: string };

function named(name: string, labels: Readonly<Record<string, string>>, values: string): TestSeries {
  // `instance` is what Prometheus adds to everything it scrapes; a rule must not depend on it.
  const all: Readonly<Record<string, string>> = { instance: 'a', ...labels };
  let pairs = '';
  for (const label in all) pairs += `${pairs === '' ? '' : ', '}${label}=${quoted(all[label] ?? '')}`;
  return { series: `${name}{${pairs}}`, values };
}

export function series<M extends Metric & { readonly kind: 'counter' | 'gauge' }>(
  metric: M,
  labels: Labels<M> & { readonly instance?: string },
  values: string,
): TestSeries {
  return named(metric.name, labels, values);
}

export function bucketSeries<M extends Metric & { readonly kind: 'histogram' }>(
  metric: M,
  labels: Labels<M>,
  le: number | '+Inf',
  values: string,
): TestSeries {
  return named(`${metric.name}_bucket`, { ...labels, le: String(le) }, values);
}

/** `value`, for so many minutes and one sample more. */
export function steady(value: number, minutes: number): string {
  return `${value}+0x${minutes}`;
}
/** Grows by `step` every minute. */
export function growing(from: number, step: number, minutes: number): string {
  return `${from}${step < 0 ? '-' : '+'}${Math.abs(step)}x${minutes}`;
}
/** From 0 up by `step` in one go every so many minutes, for at least `minutes`. */
export function stairs(step: number, everyMinutes: number, minutes = 30): string {
  const flights = Array.from({ length: Math.ceil(minutes / everyMinutes) + 1 }, (_, i) => i);
  return flights.map((flight) => steady(flight * step, everyMinutes - 1)).join(' ');
}
/** Not there, for so many minutes. */
export function missing(minutes: number): string {
  return `_x${minutes}`;
}
