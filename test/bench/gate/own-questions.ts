import { type Change, changes } from './changes.ts';
import type { Dialect, Question } from './question.ts';

/** A question of our own, with the event that decides it. */
export interface OwnQuestion extends Question {
  readonly compatible: boolean;
  /** Accepted by `old`; rejected by `new` where the change is not compatible. */
  readonly event: unknown;
}

interface Placed {
  readonly schema: object;
  readonly value: unknown;
}

/** Where in an event a field may stand: each puts a schema, and a value of it, into a larger one. */
const places: Readonly<Record<string, (field: Placed) => Placed>> = {
  'a field': ({ schema, value }) => ({
    schema: { type: 'object', properties: { ...around, subject: schema }, required: ['orderId', 'subject'] },
    value: { ...event, subject: value },
  }),
  'an optional field of a closed event': ({ schema, value }) => ({
    schema: { type: 'object', properties: { ...around, subject: schema }, additionalProperties: false },
    value: { ...event, subject: value },
  }),
  'an object inside': ({ schema, value }) => ({
    schema: {
      type: 'object',
      properties: { ...around, inside: { type: 'object', properties: { subject: schema }, required: ['subject'] } },
      required: ['inside'],
    },
    value: { ...event, inside: { subject: value } },
  }),
  'items of a list': ({ schema, value }) => ({
    schema: { type: 'object', properties: { ...around, lines: { type: 'array', items: schema, minItems: 1 } } },
    value: { ...event, lines: [value] },
  }),
  'behind a reference': ({ schema, value }) => ({
    schema: {
      type: 'object',
      properties: { ...around, subject: { $ref: '#/definitions/subject' } },
      required: ['subject'],
      definitions: { subject: schema },
    },
    value: { ...event, subject: value },
  }),
  'one of two variants': ({ schema, value }) => ({
    schema: {
      type: 'object',
      properties: around,
      required: ['variant'],
      oneOf: [
        { properties: { variant: { const: 'a' }, subject: schema }, required: ['subject'] },
        { properties: { variant: { const: 'b' }, other: { type: 'string' } }, required: ['other'] },
      ],
    },
    value: { ...event, variant: 'a', subject: value },
  }),
};

const around = {
  orderId: { type: 'string', minLength: 1, maxLength: 64 },
  revision: { type: 'integer', minimum: 1 },
  placedAt: { type: 'string', format: 'date-time' },
  state: { enum: ['open', 'paid', 'shipped'] },
  total: {
    type: 'object',
    properties: { minor: { type: 'integer', minimum: 0 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
    required: ['minor', 'currency'],
  },
};
const event = { orderId: 'order-1', revision: 1 };

/** Every change, at every place, in both directions and under two dialects. */
export function ownQuestions(): OwnQuestion[] {
  return (['draft-07', '2020-12'] as const).flatMap((dialect) =>
    Object.entries(places).flatMap(([place, put]) =>
      changes.flatMap((change) => bothWays(change, place, put, dialect)),
    ),
  );
}

function bothWays(change: Change, place: string, put: (field: Placed) => Placed, dialect: Dialect): OwnQuestion[] {
  const { what, narrow, wide, both, onlyWide } = change;
  const isSame = onlyWide === undefined;
  const whole = (schema: object, value: unknown) => put({ schema, value });
  const ask = (way: string, old: object, next: object, value: unknown, compatible: boolean): OwnQuestion => ({
    id: `${dialect}: ${what}, ${way}, in ${place}`,
    dialect,
    old: whole(old, value).schema,
    new: whole(next, value).schema,
    compatible,
    event: whole(old, value).value,
  });
  return [
    ask('there', narrow, wide, both, true),
    isSame ? ask('back', wide, narrow, both, true) : ask('back', wide, narrow, onlyWide, false),
  ];
}
