import type { Violation } from './validators.ts';

/**
 * Where the violations of a value go. Checks take `null` when only the answer matters: then nothing is allocated and
 * the first failure ends the check. A report is made for a value that failed, and knows the way from the root.
 */
export type Sink = Report | null;

export class Report {
  readonly #found: Found;
  readonly #parent: Report | undefined;
  readonly #key: string | number;
  failed = false;

  private constructor(found: Found, parent: Report | undefined, key: string | number) {
    this.#found = found;
    this.#parent = parent;
    this.#key = key;
  }

  /** `limit` is at least 1. */
  static root(limit: number): Report {
    return new Report({ violations: [], limit: Math.max(1, limit), distance: 0 }, undefined, '');
  }

  get violations(): readonly Violation[] {
    return this.#found.violations;
  }

  /** How far the value is from what was asked, by the weight of what is wrong. */
  get distance(): number {
    return this.#found.distance;
  }

  get full(): boolean {
    return this.#found.violations.length >= this.#found.limit;
  }

  get pointer(): string {
    if (this.#parent === undefined) return '';
    return `${this.#parent.pointer}/${String(this.#key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }

  at(key: string | number): Report {
    return new Report(this.#found, this, key);
  }

  /** The same place with a list of its own, to try an alternative. */
  apart(): Report {
    return new Report({ violations: [], limit: this.#found.limit, distance: 0 }, this.#parent, this.#key);
  }

  add(violation: Violation, weight = 1): void {
    if (this.full) return;
    this.#found.violations.push(violation);
    this.#found.distance += weight;
  }
}

interface Found {
  readonly violations: Violation[];
  readonly limit: number;
  distance: number;
}

/** The sink for a member or an item. */
export function at(sink: Sink, key: string | number): Sink {
  return sink === null ? null : sink.at(key);
}

/** Always false, so that a check reads `test || fail(…)`. `expected` continues the pointer: `must be ≥ 1`. */
export function fail(sink: Sink, expected: string, actual: unknown): false {
  if (sink !== null) sink.add({ pointer: sink.pointer, expected, actual });
  return false;
}

/** Like `fail` where a constant was expected: what tells the branches of a union apart, so another one was meant. */
export function differs(sink: Sink, expected: string, actual: unknown): false {
  if (sink !== null) sink.add({ pointer: sink.pointer, expected, actual }, 100);
  return false;
}

/** Always false: a member that has to be there is not. */
export function missing(sink: Sink, name: string): false {
  if (sink !== null) sink.add({ pointer: sink.at(name).pointer, expected: 'is missing' });
  return false;
}

/** After a failure: whether to stop here, because nobody listens or the report is full. */
export function stop(sink: Sink): boolean {
  if (sink === null) return true;
  sink.failed = true;
  return sink.full;
}

/** The answer of a check that came to its end. */
export function passed(sink: Sink): boolean {
  return sink === null || !sink.failed;
}

/**
 * Always false: none of `count` alternatives holds. The report says what the nearest of those given misses; it does not
 * when several are equally near, or when the value is not even of the right type, because that would mislead.
 */
export function noneHolds(
  sink: Sink,
  value: unknown,
  count: number,
  alternatives: readonly ((value: unknown, sink: Sink) => boolean)[],
): false {
  if (sink === null) return false;
  let nearest: Report | undefined;
  let tied = false;
  for (const alternative of alternatives) {
    const tried = sink.apart();
    alternative(value, tried);
    tied = tried.distance === nearest?.distance || (tied && tried.distance > (nearest?.distance ?? 0));
    if (nearest === undefined || tried.distance < nearest.distance) nearest = tried;
  }
  if (nearest === undefined || tied || nearest.violations.some(({ pointer }) => pointer === sink.pointer)) {
    return fail(sink, `must match one of ${count} alternatives`, value);
  }
  for (const violation of nearest.violations) sink.add(violation);
  return false;
}
