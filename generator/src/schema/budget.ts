/** The work took longer than it may; ends it from whatever depth. */
export class OutOfBudget extends Error {}

/** On the clock of `performance.now()`. */
let deadline = Number.POSITIVE_INFINITY;
let steps = 0;

/**
 * Runs the work, which may take so many milliseconds, or what is left to the work that it is part of. Kept here and not
 * handed on, because places are found out and values validated wherever somebody looks. Throws `OutOfBudget`.
 */
export function within<T>(milliseconds: number, work: () => T): T {
  const outer = deadline;
  deadline = Math.min(outer, performance.now() + milliseconds);
  try {
    return work();
  } finally {
    deadline = outer;
  }
}

/** Counts a step and ends the work that is out of time. The clock is read rarely: it costs as much as a step. */
export function spend(): void {
  if ((++steps & 127) === 0 && performance.now() > deadline) throw new OutOfBudget('not decided in the time allowed');
}
