import { compare, type Dialect, parseSchema, type Schema, type Verdict } from '../../../generator/src/schema/index.ts';

/** A parsed schema, or the test fails with what was wrong with it. */
export function parsed(raw: unknown, dialect: Dialect = '2020-12', assertFormats = false): Schema {
  const [schema, problems] = parseSchema(raw, { dialect, assertFormats });
  if (schema === undefined) throw new Error(problems.map(({ at, message }) => `${at.pointer}: ${message}`).join('\n'));
  return schema;
}

export function verdictOn(old: unknown, next: unknown, dialect: Dialect = '2020-12', assertFormats = false): Verdict {
  return compare(parsed(old, dialect, assertFormats), parsed(next, dialect, assertFormats), { relation: 'inclusion' });
}

/** `if`, `then` and `else`, for those that are given. */
export function conditional(test: unknown, yes?: unknown, no?: unknown): Record<string, unknown> {
  const parts: [string, unknown][] = [
    ['if', test],
    ['then', yes],
    ['else', no],
  ];
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}
