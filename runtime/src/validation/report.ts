import type { Violation } from './validators.ts';

/**
 * Where the violations of a value go. Checks take `null` when only the answer matters: then nothing is allocated and
 * the first failure ends the check. A report is made for a value that failed, and knows the way from the root.
 */
export type Sink = Report | null;

export class Report {
  readonly #found: { readonly violations: Violation[]; readonly limit: number };
  readonly #parent: Report | undefined;
  readonly #key: string | number;
  failed = false;

  private constructor(
    found: { violations: Violation[]; limit: number },
    parent: Report | undefined,
    key: string | number,
  ) {
    this.#found = found;
    this.#parent = parent;
    this.#key = key;
  }

  /** `limit` is at least 1. */
  static root(limit: number): Report {
    return new Report({ violations: [], limit: Math.max(1, limit) }, undefined, '');
  }

  get violations(): readonly Violation[] {
    return this.#found.violations;
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
    return new Report({ violations: [], limit: this.#found.limit }, this.#parent, this.#key);
  }

  add(violation: Violation): void {
    if (!this.full) this.#found.violations.push(violation);
  }
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
 * Always false: no alternative holds. The report says what the nearest alternative misses, which is the one whose
 * failures lie deepest, then the one with the fewest.
 */
export function noneHolds(
  sink: Sink,
  value: unknown,
  alternatives: readonly ((value: unknown, sink: Sink) => boolean)[],
): false {
  if (sink === null) return false;
  let nearest: { readonly violations: readonly Violation[]; readonly depth: number } | undefined;
  let ties = 0;
  for (const alternative of alternatives) {
    const tried = sink.apart();
    alternative(value, tried);
    const depth = Math.min(...tried.violations.map(({ pointer }) => pointer.length));
    if (nearest === undefined || depth > nearest.depth) {
      nearest = { violations: tried.violations, depth };
      ties = 0;
    } else if (depth === nearest.depth) {
      ties++;
    }
  }
  // Several are equally far: to name one of them would mislead.
  if (nearest === undefined || ties > 0 || nearest.depth === sink.pointer.length) {
    return fail(sink, `must match one of ${alternatives.length} alternatives`, value);
  }
  for (const violation of nearest.violations) sink.add(violation);
  return false;
}
