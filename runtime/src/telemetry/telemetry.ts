/**
 * The telemetry port. Instruments are bound to their labels once, at start: a record costs an increment and nothing
 * else. Names, kinds and labels come from metric-names.ts.
 */
import type { MetricKey, metrics } from '../metric-names.ts';

export type Labels = Readonly<Record<string, string>>;

/** The keys of the metrics of one kind: a gauge cannot be taken for a counter. */
export type MetricOf<Kind extends string> = {
  readonly [K in MetricKey]: (typeof metrics)[K]['kind'] extends Kind ? K : never;
}[MetricKey];

export interface Counter {
  add(n: number): void;
}
export interface Gauge {
  set(value: number): void;
}
export interface Histogram {
  /** Seconds. */
  record(value: number): void;
}

export interface Telemetry {
  counter(metric: MetricOf<'counter'>, labels: Labels): Counter;
  gauge(metric: MetricOf<'gauge'>, labels: Labels): Gauge;
  histogram(metric: MetricOf<'histogram'>, labels: Labels): Histogram;
}
