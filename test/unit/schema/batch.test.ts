import { expect, test } from 'vitest';
import { compareFiles, runBatch } from '../../../generator/src/cli/schema-compare.ts';

const options = { relation: 'inclusion', assertFormats: false, budgetMs: 1_000 } as const;

async function answers(...chunks: string[]): Promise<Record<string, unknown>[]> {
  async function* input(): AsyncGenerator<string> {
    yield* chunks;
  }
  const lines: string[] = [];
  await runBatch(input(), (line) => lines.push(line), options);
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

test('for people: the answer first, then the value', () => {
  const files = { ...options, dialect: '2020-12', names: ['v1.json', 'v2.json'] } as const;
  expect(compareFiles('{"const": 1}', '{"type": "integer"}', files)).toEqual({
    text: 'Compatible: v2.json accepts everything that v1.json accepts.\n',
    exitCode: 0,
  });
  expect(compareFiles('{"required": ["a"], "type": "object"}', '{"maxProperties": 0}', files)).toEqual({
    text: 'Incompatible: v1.json accepts this value and v2.json rejects it.\n\n{ "a": null }\n',
    exitCode: 100,
  });
  expect(compareFiles('{"pattern": "(?<!x)y$"}', '{"pattern": "y"}', files)).toEqual({
    text: "Unknown: neither proved nor refuted, because the pattern '(?<!x)y$' is not a regular language.\n",
    exitCode: 100,
  });
  expect(compareFiles('{', '{}', files).text).toContain('Cannot read v1.json: ');
});
