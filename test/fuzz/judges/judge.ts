import type { Dialect, Json } from '../../../generator/src/schema/index.ts';
import { ajv } from './ajv.ts';
import { hyperjump } from './hyperjump.ts';

/** Whether a value is valid; undefined when the validator breaks down over it. */
export type Judge = (value: Json) => boolean | undefined;

export interface JudgedSchema {
  readonly raw: Json;
  readonly dialect: Dialect;
  readonly assertFormats: boolean;
}

/** A validator that nobody of ours wrote. Throws when it cannot read the schema. */
export interface Validator {
  readonly name: string;
  readonly compile: (schema: JudgedSchema) => Promise<Judge>;
}

export const validators: readonly Validator[] = [ajv, hyperjump];

/** What two judges say together. */
export type Answer = 'valid' | 'invalid' | 'disputed';

export interface Court {
  /** What the judges agree on, or that they do not. */
  readonly ask: (value: Json) => Answer;
  /** What each of them says, for a report. */
  readonly opinions: (value: Json) => Readonly<Record<string, boolean | undefined>>;
}

/** Both judges on one schema, or the reason why one of them cannot sit. What was asked once is remembered by identity. */
export async function convene(schema: JudgedSchema): Promise<Court | { readonly unjudged: string }> {
  const judges: [string, Judge][] = [];
  for (const { name, compile } of validators) {
    try {
      judges.push([name, await compile(schema)]);
    } catch (error) {
      return { unjudged: `${name}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  const known = new Map<Json, Answer>();
  const decide = (value: Json): Answer => {
    const said = judges.map(([, judge]) => judge(value));
    if (said.every((valid) => valid === true)) return 'valid';
    return said.every((valid) => valid === false) ? 'invalid' : 'disputed';
  };
  return {
    ask: (value) => {
      const answer = known.get(value) ?? decide(value);
      known.set(value, answer);
      return answer;
    },
    opinions: (value) => Object.fromEntries(judges.map(([name, judge]) => [name, judge(value)])),
  };
}
