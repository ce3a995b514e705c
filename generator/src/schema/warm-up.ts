import { dialects, type Json } from './ast.ts';
import { compare } from './compare.ts';
import { parseSchema } from './parse.ts';

/**
 * Compares a made-up pair in every dialect, so that what is loaded and compiled on first use (Ajv, the parser of regular
 * expressions) is there before the first of many questions and not on its clock. About a tenth of a second.
 */
export function warmUp(): void {
  for (const dialect of dialects) {
    const [old] = parseSchema(order('^[a-z]+-\\d{1,9}$', ['id']), { dialect });
    const [next] = parseSchema(order('^[a-z]{2,}-\\d+$', ['id', 'lines']), { dialect });
    if (old === undefined || next === undefined) continue;
    for (const relation of ['events', 'inclusion'] as const) compare(old, next, { relation });
  }
}

function order(id: string, required: readonly string[]): Json {
  return {
    type: 'object',
    definitions: {
      line: { type: 'object', properties: { sku: { type: 'string', minLength: 1 }, count: { type: 'integer' } } },
    },
    properties: {
      id: { type: 'string', pattern: id },
      state: { enum: ['open', 'paid'], default: 'open' },
      total: { anyOf: [{ type: 'number', minimum: 0 }, { type: 'null' }] },
      lines: { type: 'array', items: { $ref: '#/definitions/line' } },
    },
    required,
    additionalProperties: false,
  };
}
