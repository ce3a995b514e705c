import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Question } from './question.ts';

/** A checker asked in process. What it cannot answer it throws, or says `unknown`. */
export type Decide = (question: Question) => Promise<'compatible' | 'incompatible' | 'unknown'>;

const require = createRequire(import.meta.url);

/** Each is loaded when it is asked for: they run in processes of their own. */
export const deciders: Readonly<Record<string, () => Promise<Decide>>> = {
  tenet: async () => {
    const { compare, parseSchema } = await import('@tenet/generator/schema');
    return async (question) => {
      const [old] = parseSchema(question.old, question);
      const [next] = parseSchema(question.new, question);
      return old && next ? compare(old, next, { relation: 'inclusion' }).verdict : 'unknown';
    };
  },

  'json-schema-diff': async () => {
    const { diffSchemas } = require('json-schema-diff');
    return async (question) => {
      const { removalsFound } = await diffSchemas({
        sourceSchema: plain(question.old),
        destinationSchema: plain(question.new),
      });
      return removalsFound ? 'incompatible' : 'compatible';
    };
  },

  jsoncompat: async () => {
    const { initSync, check_compat } = await import('jsoncompat');
    const module = readFileSync(require.resolve('jsoncompat/jsoncompat_wasm_bg.wasm'));
    initSync({ module });
    return async (question) => {
      const [old, next] = [JSON.stringify(plain(question.old)), JSON.stringify(plain(question.new))];
      // Readers of the new version read what was written by the old one.
      return check_compat(old, next, 'deserializer') ? 'compatible' : 'incompatible';
    };
  },
};

/**
 * Without `$schema`: one of them refuses every dialect after draft-07, the other every dialect before 2020-12. What means
 * the same in both, as our own questions do, each can then be asked.
 */
function plain(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $schema: _, ...rest } = schema as Readonly<Record<string, unknown>>;
  return rest;
}
