import {
  addKeyword,
  defineVocabulary,
  getKeyword,
  loadDialect,
  type ValidationContext,
} from '@hyperjump/json-schema/experimental';
import * as Instance from '@hyperjump/json-schema/instance/experimental';

const multipleOf = 'https://json-schema.org/keyword/multipleOf';
const contains = 'https://json-schema.org/keyword/contains';
const dependencies = 'https://json-schema.org/keyword/draft-04/dependencies';

/**
 * What the library has otherwise than a judge here needs it. It divides with a tolerance, as Ajv does, and two judges that
 * forgive the same are one. In 2019-09 the items that `contains` found do not count as evaluated: only since 2020-12 does
 * the standard say so. And `dependencies` goes on being honoured in 2019-09 and later, as the engine and Ajv do; the
 * standard leaves that open.
 */
export function supplyDialects(): void {
  addKeyword({
    ...getKeyword<number>(multipleOf),
    interpret: (step, instance) => {
      const value = Instance.value(instance);
      return typeof value !== 'number' || isMultiple(value, step);
    },
  });
  const own = 'https://fuzz.example/keyword/contains-2019-09';
  const { interpret, ...rest } = getKeyword<unknown>(contains);
  addKeyword({
    ...rest,
    id: own,
    interpret: (value, instance, context) => interpret(value, instance, withoutNotes(context)),
  });
  extend('2019-09', ['core', 'applicator', 'validation', 'meta-data', 'format', 'content'], {
    contains: own,
    dependencies,
  });
  extend('2020-12', ['core', 'applicator', 'validation', 'meta-data', 'format-annotation', 'content', 'unevaluated'], {
    dependencies,
  });
}

/** By the decimals that stand in the text of both numbers. */
function isMultiple(value: number, step: number): boolean {
  const [one, other] = [decimal(value), decimal(step)];
  const places = Math.max(one.places, other.places);
  const whole = ({ digits, places: own }: Decimal): bigint => digits * 10n ** BigInt(places - own);
  return whole(one) % whole(other) === 0n;
}

/** `digits` divided by ten to the power of `places`. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

function decimal(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

/** `evaluatedItems` is what keywords note down for `unevaluatedItems`. */
function withoutNotes(context: ValidationContext): ValidationContext {
  return { ...context, ...{ evaluatedItems: undefined } };
}

function extend(dialect: string, vocabularies: readonly string[], keywords: Record<string, string>): void {
  const address = `https://json-schema.org/draft/${dialect}`;
  const own = `https://fuzz.example/vocabulary/${dialect}`;
  defineVocabulary(own, keywords);
  const all = [...vocabularies.map((name) => `${address}/vocab/${name}`), own];
  loadDialect(`${address}/schema`, Object.fromEntries(all.map((vocabulary) => [vocabulary, true])), true);
}
