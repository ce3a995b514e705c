import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { Dialect } from '../../../generator/src/schema/index.ts';
import { hidesSiblings } from '../keywords.ts';
import type { Validator } from './judge.ts';

const flavours: Readonly<Record<Dialect, new (options: object) => Ajv>> = {
  'draft-04': ajvDraft04.default,
  'draft-06': Ajv,
  'draft-07': Ajv,
  '2019-09': Ajv2019,
  '2020-12': Ajv2020,
};

/** Ajv as its own manual sets it up for the standard's meaning; set up apart from the engine, which has an Ajv too. */
export const ajv: Validator = {
  name: 'ajv',
  compile: async ({ raw, dialect, assertFormats }) => {
    const instance = new flavours[dialect]({
      strict: false,
      validateSchema: false,
      validateFormats: assertFormats,
      unicodeRegExp: true,
      // Otherwise no object lacks a member called '', and some `oneOf` beside a `$dynamicRef` is forgotten.
      allErrors: true,
      // Otherwise every object has a `constructor`, and 0.3 is no multiple of 0.1.
      ownProperties: true,
      multipleOfPrecision: 6,
      logger: false,
      messages: false,
      ...(hidesSiblings(dialect) && { ignoreKeywordsWithRef: true }),
    });
    if (assertFormats) addFormats.default(instance);
    const validate = instance.compile(withoutSchemaUri(raw));
    return (value) => {
      try {
        return validate(value) === true;
      } catch {
        return undefined;
      }
    };
  },
};

/** The flavour says the dialect; draft-06 has no meta-schema in Ajv to go with its name. */
function withoutSchemaUri(raw: unknown): boolean | object {
  if (typeof raw !== 'object' || raw === null) return raw === true;
  const { $schema: _dialect, ...rest } = raw as { $schema?: unknown };
  return rest;
}
