import { hash } from 'node:crypto';
import { type Json, type ParseOptions, parseSchema, type Schema, type SchemaProblem } from '../schema/index.ts';

/**
 * Payload schemas by what they say. Majors of an event, its variants by region, and two versions of a workspace hold
 * the same schema again and again: it is parsed once, and whatever is found out about it is known for all of them.
 */
export class ParsedSchemas {
  readonly #known = new Map<string, Schema>();

  /** As `parseSchema`, for a schema that refers to nothing outside of itself: where it stands then makes no difference. */
  parse(raw: Json, options: ParseOptions): readonly [Schema | undefined, readonly SchemaProblem[]] {
    const key = hash('sha256', JSON.stringify([options.dialect, options.assertFormats, raw]));
    const known = this.#known.get(key);
    if (known !== undefined) return [known, []];
    const [schema, problems] = parseSchema(raw, options);
    if (schema !== undefined) this.#known.set(key, schema);
    return [schema, problems];
  }
}
