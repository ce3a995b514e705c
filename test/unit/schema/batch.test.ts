import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../generator/src/cli/batch.ts';
import { answerJsonSchema } from '../../../generator/src/cli/schema-compare.ts';

const options = { relation: 'inclusion', assertFormats: false, budgetMs: 1_000, dialect: '2020-12' } as const;

async function answers(...chunks: string[]): Promise<Record<string, unknown>[]> {
  async function* input(): AsyncGenerator<string> {
    yield* chunks;
  }
  const lines: string[] = [];
  await runBatch(
    input(),
    (line) => lines.push(line),
    (question, line) => answerJsonSchema(question, line, options),
  );
  return lines.map((line) => {
    expect(line.endsWith('\n')).toBe(true);
    return JSON.parse(line);
  });
}

const question = (id: unknown, old: unknown, next: unknown, dialect: unknown = '2020-12'): string =>
  `${JSON.stringify({ id, dialect, old, new: next })}\n`;

test('one answer for each question, in order, with the witness only where there is one', async () => {
  const [yes, no, ...others] = await answers(
    question('a', { const: 1 }, { type: 'integer' }),
    question('b', { type: 'integer' }, { const: 1 }),
  );
  expect(others).toEqual([]);
  expect(yes).toEqual({ id: 'a', verdict: 'compatible', micros: expect.any(Number) });
  expect(no).toEqual({ id: 'b', verdict: 'incompatible', witness: 0, micros: expect.any(Number) });
});

test('a witness of null is written', async () => {
  const [answer] = await answers(question(1, true, false));
  expect(answer).toEqual({ id: 1, verdict: 'incompatible', witness: null, micros: expect.any(Number) });
});

test('chunks know nothing of lines, and the last line needs no end', async () => {
  const text = question('a', true, true) + question('b', false, true).trimEnd();
  const pieces = text.match(/.{1,7}/gs) ?? [];
  expect((await answers(...pieces)).map(({ id, verdict }) => [id, verdict])).toEqual([
    ['a', 'compatible'],
    ['b', 'compatible'],
  ]);
});

test.each<[string, string, unknown, string]>([
  ['no JSON', '{"id": 1', null, 'the line is not JSON'],
  ['no object', '7\n', null, "a question needs 'old' and 'new'"],
  ['a missing side', '{"id": 1, "old": true}\n', 1, "a question needs 'old' and 'new'"],
  ['an unknown dialect', question(1, true, true, 'draft-03'), 1, "'draft-03' is not a dialect"],
  ['no schema', question(1, 7, true), 1, 'old: A schema is an object, true or false.'],
  ['a broken schema', question(1, true, { items: 7 }), 1, "new at /items: 'items' must be a schema."],
])('%s is answered unknown and the next question is read', async (_, line, id, reason) => {
  const [bad, good] = await answers(line.endsWith('\n') ? line : `${line}\n`, question('next', true, true));
  expect(bad).toMatchObject({ id, verdict: 'unknown', reason });
  expect(good).toMatchObject({ id: 'next', verdict: 'compatible' });
});

test('the dialect gives way to a $schema of json-schema.org and to no other', async () => {
  const schema = ($schema: string) => ({ $schema, prefixItems: [false] });
  const verdicts = await answers(
    question(1, { type: 'array' }, schema('http://json-schema.org/draft-07/schema#')),
    question(2, { type: 'array' }, schema('http://example.org/own'), 'draft-07'),
    question(3, { type: 'array' }, schema('https://json-schema.org/draft/2020-12/schema'), 'draft-07'),
  );
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['compatible', 'compatible', 'incompatible']);
});

const verdicts = async (...chunks: string[]): Promise<unknown[]> =>
  (await answers(...chunks)).map(({ id, verdict, reason }) => [id, verdict, ...(reason === undefined ? [] : [reason])]);

test('one answer for each line, whatever it is and however it ends', async () => {
  const good = question('x', true, true).trimEnd();
  const none = [null, 'unknown', 'the line is not JSON'];
  const yes = ['x', 'compatible'];
  expect(await verdicts('')).toEqual([]);
  expect(await verdicts('', `\ufeff${good}\n`)).toEqual([yes]);
  expect(await verdicts(`${good}\r\n${good}\r\n`)).toEqual([yes, yes]);
  expect(await verdicts(`${good}\n\n`, ` \n\u0000\n[]\n${good}`)).toEqual([
    yes,
    none,
    none,
    none,
    [null, 'unknown', "a question needs 'old' and 'new'"],
    yes,
  ]);
});

test('a line that is too long is read past and not held', async () => {
  const chunk = 'x'.repeat(1024 * 1024);
  const heap = process.memoryUsage().heapUsed;
  const huge = ['{"id": 1, "old": "', ...Array.from({ length: 200 }, () => chunk), '"}\n'];
  expect(await verdicts(...huge, question('x', true, true))).toEqual([
    [null, 'unknown', 'the line has more than 16,777,216 characters'],
    ['x', 'compatible'],
  ]);
  expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100 * 1024 * 1024);
});

test('what nests too deeply is answered, and shortly', async () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
  const lines = [
    `{"id": "a", "old": ${deep('[', ']')}, "new": true}\n`,
    `{"id": "b", "old": {"const": ${deep('[', ']')}}, "new": true}\n`,
    `{"id": "c", "old": {"items": ${`${'{"items":'.repeat(100_000)}true${'}'.repeat(100_000)}`}}, "new": true}\n`,
    `{"id": ${deep('[', ']')}, "old": true, "new": true}\n`,
  ];
  const found = await answers(...lines, question('x', true, true));
  expect(found.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['a', 'unknown'],
    ['b', 'compatible'],
    ['c', 'unknown'],
    [null, 'unknown'],
    ['x', 'compatible'],
  ]);
  for (const { reason } of found) expect(String(reason).length).toBeLessThan(400);
});

describe('numbers that no double holds', () => {
  const ask = async (old: string, next: string) => {
    const [{ micros: _, ...answer } = {}] = await answers(`{"id": 1, "old": ${old}, "new": ${next}}\n`);
    return answer;
  };

  test.each([
    ['{"minimum": 18446744073709551616}', '{"minimum": 18446744073709551615}'],
    ['{"minimum": 1e400}', '{"minimum": 1e399}'],
    ['{"maximum": -1e400}', '{"exclusiveMaximum": -1e399}'],
    ['{"exclusiveMinimum": 18446744073709551615}', '{"minimum": 18446744073709551615}'],
    ['{"minimum": 0.1000000000000000055}', '{"minimum": 0.1}'],
    ['{"multipleOf": 0.200000000000000011}', '{"multipleOf": 0.1000000000000000055}'],
    ['{"multipleOf": 1e-400}', '{"multipleOf": 1e-401}'],
    ['{"const": 18446744073709551615}', '{"type": "integer", "maximum": 18446744073709551615}'],
    ['{"enum": [1, 18446744073709551615]}', '{"enum": ["a", 18446744073709551615, 1.0]}'],
    ['{"const": 1.845e19, "examples": [1.00000000000000000001]}', '{"multipleOf": 1e16}'],
  ])('%s is within %s', async (old, next) => {
    expect(await ask(old, next)).toEqual({ id: 1, verdict: 'compatible' });
  });

  test.each<[string, string, unknown]>([
    ['{"type": "number", "maximum": 1e400}', '{"maximum": 1}', 2],
    ['{"type": "integer", "maximum": 9223372036854775807}', '{"maximum": 4294967295}', 4294967296],
    ['{"enum": [1, 18446744073709551615, "b"]}', '{"enum": [1, 18446744073709551615]}', 'b'],
  ])('%s is not within %s, and a number that a double holds shows it', async (old, next, witness) => {
    expect(await ask(old, next)).toEqual({ id: 1, verdict: 'incompatible', witness });
  });

  test.each([
    ['{"type": "integer", "maximum": 9007199254740993}', '{"maximum": 9007199254740992}'],
    ['{"type": "number", "minimum": 18446744073709551615}', '{"minimum": 18446744073709551616}'],
    ['{"type": "number", "minimum": 0.1}', '{"minimum": 0.1000000000000000055}'],
    ['{"const": 1.00000000000000000001}', '{"type": "integer"}'],
    ['{"const": 9007199254740993}', '{"multipleOf": 2}'],
    ['{"const": 1e400}', '{"const": null}'],
    ['{"minItems": 9007199254740993}', '{"minItems": 9007199254740992}'],
  ])('%s is not shown to be within %s where every witness is beyond doubles', async (old, next) => {
    expect(await ask(old, next)).toMatchObject({ verdict: 'unknown', reason: expect.stringMatching(/double/) });
  });

  test.each([
    [
      '{"const": [9007199254740993]}',
      'old at /enum: A number inside an object or array here is more than a double can hold.',
    ],
    ['{"minimum": 1e999999999}', 'old at /minimum: This number has more digits than anybody computes with.'],
    ['{"const": 1e-999999999}', 'old at /enum: This number has more digits than anybody computes with.'],
  ])('%s is refused', async (old, reason) => {
    expect(await ask(old, 'true')).toEqual({ id: 1, verdict: 'unknown', reason });
  });

  test('a default with such a number matters to the events relation alone', async () => {
    const [old, next] = ['{"properties": {"a": {"default": 9007199254740993}}}', '{"properties": {"a": {}}}'];
    expect(await ask(old, next)).toEqual({ id: 1, verdict: 'compatible' });
    const lines: string[] = [];
    async function* input(): AsyncGenerator<string> {
      yield `{"old": ${old}, "new": ${next}}\n`;
    }
    const events = { ...options, relation: 'events' } as const;
    await runBatch(
      input(),
      (answer) => lines.push(answer),
      (question, line) => answerJsonSchema(question, line, events),
    );
    const reason = 'the default at /properties/a has a number that no double holds';
    expect(JSON.parse(lines.join(''))).toMatchObject({ verdict: 'unknown', reason });
  });
});

test('the largest whole number of 64 bits, which is in many schemas, is compared with itself', async () => {
  const schema = '{"type": "integer", "maximum": 9223372036854775807, "description": "1.00000000000000000001"}';
  expect(await verdicts(`{"id": 1, "old": ${schema}, "new": ${schema}}\n`)).toEqual([[1, 'compatible']]);
});

test('a question that names no dialect has the one that was asked for', async () => {
  const lines: string[] = [];
  async function* input(): AsyncGenerator<string> {
    yield '{"old": {"type": "array"}, "new": {"prefixItems": [false]}}\n';
  }
  await runBatch(
    input(),
    (line) => lines.push(line),
    (question, line) => answerJsonSchema(question, line, { ...options, dialect: 'draft-07' }),
  );
  expect(JSON.parse(lines.join(''))).toMatchObject({ verdict: 'compatible' });
});
