/** Telemetry that says each thing under several sets of labels. */
import type { Labels, Telemetry } from './telemetry.ts';

export function everywhere(telemetry: Telemetry, sets: readonly Labels[]): Telemetry {
  const bound = <Instrument>(bind: (labels: Labels) => Instrument, more: Labels) =>
    sets.map((labels) => bind({ ...labels, ...more }));
  return {
    counter(metric, labels) {
      const all = bound((one) => telemetry.counter(metric, one), labels);
      return {
        add(n) {
          for (const one of all) one.add(n);
        },
      };
    },
    gauge(metric, labels) {
      const all = bound((one) => telemetry.gauge(metric, one), labels);
      return {
        set(value) {
          for (const one of all) one.set(value);
        },
      };
    },
    histogram(metric, labels) {
      const all = bound((one) => telemetry.histogram(metric, one), labels);
      return {
        record(value) {
          for (const one of all) one.record(value);
        },
      };
    },
  };
}
