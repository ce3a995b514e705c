import { type Change, droppedPointers } from './changes.ts';
import { Report, type Sink } from './report.ts';
import type { SchemaFunctions, Validated, Validators, Violation } from './validators.ts';

/** How many violations of one value are worth gathering. */
const enough = 20;
const none: readonly Violation[] = [];

/** A schema's functions from the three that are generated for it. */
export function schemaFunctions(
  check: (value: unknown, sink: Sink) => boolean,
  project: Change,
  fill: Change,
): SchemaFunctions {
  return {
    check: (value, limit) => {
      if (check(value, null)) return none;
      const report = Report.root(limit);
      check(value, report);
      return report.violations;
    },
    project,
    fill,
    undeclared: (value) => droppedPointers(value, project(value)),
  };
}

/** `emits` and `accepts` beside `schema`, by the one definition they all come from. */
export function defineValidators<Event>(functions: SchemaFunctions): Validators<Event> {
  const { check, project, fill, undeclared } = functions;
  return {
    schema: (value) => judged<Event>(value, check(value, enough)),
    emits: (value) => {
      const filled = fill(value);
      const extra = project(filled) === filled ? none : undeclared(filled).map(undeclaredViolation);
      const wrong = check(filled, enough);
      return judged<Event>(filled, extra.length === 0 ? wrong : [...extra, ...wrong].slice(0, enough));
    },
    accepts: (value) => {
      const seen = fill(project(value));
      return judged<Event>(seen, check(seen, enough));
    },
  };
}

function undeclaredViolation(pointer: string): Violation {
  return { pointer, expected: 'is not declared by the contract' };
}

function judged<Event>(value: unknown, violations: readonly Violation[]): Validated<Event> {
  return violations.length === 0 ? { ok: true, value: value as Event } : { ok: false, violations };
}
