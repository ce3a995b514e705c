import { parseArgs } from 'node:util';
import { type Dialect, dialects, type Relation } from '../../generator/src/schema/index.ts';

export const usage = `Attacks the verdicts of the schema engine with generated and real schemas.

npm run fuzz                            1,000,000 pairs, both relations, seed 1
npm run fuzz -- --seed 7 --pairs 50000  others, and fewer
npm run fuzz -- --dialect draft-07      one dialect (may be repeated)
npm run fuzz -- --relation events       one relation: inclusion or events
npm run fuzz -- --schemas ./schemas     real schemas to cut from: a folder of
                                        JSON Schemas, one of them, or JSON
                                        lines of schemas or of {old, new}
npm run fuzz -- --seed 1 --pair 4711    one pair again, with all that is known
npm run fuzz -- --out ./found           where findings are written (.fuzz)

Exit code 0: no contradiction. 1: a verdict was contradicted, or a keyword was
not met. 2: the command line is wrong.
docs/fuzzing.md says what is attacked and how to read a contradiction.
`;

export interface Arguments {
  readonly help: boolean;
  readonly seed: number;
  readonly pairs: number;
  readonly pair?: number;
  readonly dialects: readonly Dialect[];
  readonly relations: readonly Relation[];
  readonly schemas?: string;
  readonly out: string;
}

/** What is wrong with the command line, in a sentence. */
export class UsageError extends Error {}

const relations: readonly Relation[] = ['inclusion', 'events'];

export function readArguments(args: readonly string[]): Arguments {
  const { values } = parse(args);
  return {
    help: values.help === true,
    seed: count('--seed', values.seed ?? '1'),
    pairs: count('--pairs', values.pairs ?? '1000000'),
    ...(values.pair !== undefined && { pair: count('--pair', values.pair) }),
    dialects:
      values.dialect === undefined ? dialects : values.dialect.map((name) => oneOf('--dialect', name, dialects)),
    relations: values.relation === undefined ? relations : [oneOf('--relation', values.relation, relations)],
    ...(values.schemas !== undefined && { schemas: values.schemas }),
    out: values.out ?? '.fuzz',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        seed: { type: 'string' },
        pairs: { type: 'string' },
        pair: { type: 'string' },
        dialect: { type: 'string', multiple: true },
        relation: { type: 'string' },
        schemas: { type: 'string' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new UsageError(`${option} takes a whole number, not '${text}'.`);
  }
  return value;
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found === undefined) throw new UsageError(`${option} takes one of ${allowed.join(', ')}, not '${text}'.`);
  return found;
}
