/** Numbers in memory, rendered as Prometheus text: the default telemetry, and what tests read. */
import { type MetricKey, metrics } from '../metric-names.ts';
import type { Counter, Gauge, Histogram, Labels, Telemetry } from './telemetry.ts';

/** Upper bounds in seconds: the OpenTelemetry advice for messaging, with two finer steps below. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30] as const;

export interface MemoryTelemetry extends Telemetry {
  /** Sum over every series of that metric whose labels include these; 0 when there is none. */
  value(metric: MetricKey, labels?: Labels): number;
  /** The Prometheus text format, version 0.0.4. */
  render(): string;
}

class Series implements Counter, Gauge, Histogram {
  readonly labels: Labels;
  readonly buckets: number[] | undefined;
  value = 0;
  count = 0;
  constructor(labels: Labels, histogram: boolean) {
    this.labels = labels;
    this.buckets = histogram ? new Array<number>(bounds.length).fill(0) : undefined;
  }
  add(n: number): void {
    this.value += n;
  }
  set(value: number): void {
    this.value = value;
  }
  record(value: number): void {
    this.value += value;
    this.count += 1;
    const buckets = this.buckets;
    if (buckets === undefined) return;
    for (let i = 0; i < bounds.length; i++) {
      if (value <= (bounds[i] ?? 0)) {
        buckets[i] = (buckets[i] ?? 0) + 1;
        return;
      }
    }
  }
}

export function memoryTelemetry(): MemoryTelemetry {
  const all = new Map<MetricKey, Map<string, Series>>();
  const bind = (metric: MetricKey, labels: Labels): Series => {
    const series = all.get(metric) ?? new Map<string, Series>();
    all.set(metric, series);
    const id = metrics[metric].labels.map((label) => JSON.stringify(labels[label] ?? '')).join();
    const known = series.get(id) ?? new Series(labels, metrics[metric].kind === 'histogram');
    series.set(id, known);
    return known;
  };
  return {
    counter: bind,
    gauge: bind,
    histogram: bind,
    value(metric, labels = {}) {
      let sum = 0;
      for (const series of all.get(metric)?.values() ?? []) {
        if (includes(series.labels, labels)) sum += metrics[metric].kind === 'histogram' ? series.count : series.value;
      }
      return sum;
    },
    render: () => [...all].map(([metric, series]) => renderMetric(metric, [...series.values()])).join(''),
  };
}

function includes(labels: Labels, wanted: Labels): boolean {
  return Object.keys(wanted).every((name) => labels[name] === wanted[name]);
}

function renderMetric(metric: MetricKey, series: readonly Series[]): string {
  const { name, kind, help } = metrics[metric];
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
  for (const one of series) {
    if (one.buckets === undefined) {
      lines.push(`${name}${renderLabels(metric, one.labels)} ${one.value}`);
      continue;
    }
    let below = 0;
    bounds.forEach((bound, i) => {
      below += one.buckets?.[i] ?? 0;
      lines.push(`${name}_bucket${renderLabels(metric, one.labels, String(bound))} ${below}`);
    });
    lines.push(`${name}_bucket${renderLabels(metric, one.labels, '+Inf')} ${one.count}`);
    lines.push(`${name}_sum${renderLabels(metric, one.labels)} ${one.value}`);
    lines.push(`${name}_count${renderLabels(metric, one.labels)} ${one.count}`);
  }
  return `${lines.join('\n')}\n`;
}

function renderLabels(metric: MetricKey, labels: Labels, le?: string): string {
  const pairs = metrics[metric].labels.map((label) => `${label}="${escapeLabel(labels[label] ?? '')}"`);
  if (le !== undefined) pairs.push(`le="${le}"`);
  return `{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
