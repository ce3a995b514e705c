/** `tenet schema compare` as people and programs meet it. */
import { expect, test } from 'vitest';
import { aFolder, type Ended, put, tenet, typed } from './a-workspace.ts';

type Files = Readonly<Record<string, string>>;

/** Files in a folder of their own, compared in the order that they are given in. */
function compared(files: Files, ...options: string[]): Ended {
  const folder = aFolder();
  for (const [name, text] of Object.entries(files)) put(folder, name, text);
  return tenet(folder, ['schema', 'compare', ...Object.keys(files), ...options]);
}

const avsc = (...fields: string[]): string =>
  `{ "type": "record", "name": "Order", "fields": [\n  ${fields.join(',\n  ')}\n] }\n`;
const status = (...symbols: string[]): string =>
  `{ "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ${JSON.stringify(symbols)} } }`;
const id = '{ "name": "id", "type": "string" }';

test('an Avro pair that breaks: the place, what stood there, the value, the way out', () => {
  const { code, out, err } = compared({
    'old.avsc': avsc(id, status('PAID', 'LOST')),
    'new.avsc': avsc(id, status('PAID')),
  });
  expect({ code, err }).toEqual({ code: 100, err: '' });
  expect(out).toMatchInlineSnapshot(`
    "Incompatible: new.avsc does not read everything that is written with old.avsc.

      error  payload/enum-narrowed                                     new.avsc:3:67
      \`/status\` may be written as \`LOST\`, which the reader's enum Status does not
      know: what old.avsc wrote is rejected.

          1 │ { "type": "record", "name": "Order", "fields": [
          2 │   { "name": "id", "type": "string" },
        > 3 │ … "type": { "type": "enum", "name": "Status", "symbols": ["PAID"] } }
            │                                               ^^^^^^^^^
          4 │ ] }

        at old.avsc
        < 3 │ …: { "type": "enum", "name": "Status", "symbols": ["PAID","LOST"] } }
            │                                                           ^^^^^^
            │                                                was one of its symbols

      a value that is written with old.avsc and rejected, in the JSON encoding
          { "id": "text", "status": "LOST" }

      way out  let the reader's enum have the symbol, or a \`default\` for what it
               does not know
    "
  `);
});

test('every place of it is told, the nearest to the root first', () => {
  const at = (unit: string) => `{ "name": "at", "type": { "type": "long", "logicalType": "timestamp-${unit}" } }`;
  const { out } = compared({ 'old.avsc': avsc(at('millis')), 'new.avsc': avsc(at('micros'), id) });
  expect(out.match(/^ {2}(error|way out) .*/gm)).toEqual([
    '  error  payload/required-added                                     new.avsc:3:3',
    '  way out  give the field a `default`',
    '  error  payload/meaning-changed                                   new.avsc:2:60',
    '  way out  keep the type, or add a field with the new one beside it',
  ]);
  expect(out).toContain('2026-01-01T00:00:00Z comes out as\n  1970-01-21T10:53:45.6Z: what old.avsc wrote is misread.');
});

test('an Avro pair that holds, and what a person should know of it', () => {
  const total = (type: string) => `{ "name": "total", "type": "${type}" }`;
  const named = (namespace: string, type: string) => avsc(total(type)).replace('"Order"', `"${namespace}.Order"`);
  const { code, out } = compared({ 'old.avsc': named('shop', 'long'), 'new.avsc': named('sales', 'double') });
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "Compatible: new.avsc reads everything that is written with old.avsc.

    Note: \`/total\` is written as long and read as double: integers beyond
    9,007,199,254,740,992 come out rounded.

    Note: the specification lets it be read; avsc, which services on Node read with,
    refuses (no alias found for shop.Order). It compares fullnames: an alias that is
    one serves both.
    "
  `);
});

test('a pair of which no value can be written', () => {
  const endless = (type: string) => avsc(`{ "name": "n", "type": "${type}" }`, '{ "name": "next", "type": "Order" }');
  const { code, out } = compared({ 'old.avsc': endless('long'), 'new.avsc': endless('int') });
  expect(code).toBe(100);
  expect(out).toContain('read as int: the schemas do not resolve, though no\n  value of the old one ever ends.');
});

test('Avro in YAML, or in a file of any name, is asked for', () => {
  const files = { 'old.yaml': 'type: array\nitems: int\n', 'new.json': '{"type": "array", "items": "long"}' };
  expect(compared(files, '--avro')).toMatchObject({ code: 0, err: '' });
});

test('an invalid Avro schema is told with its places, and nothing is compared', () => {
  const { code, out } = compared({ 'old.avsc': avsc(id), 'new.avsc': avsc('{ "name": "id", "type": "strng" }') });
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "new.avsc

      error  contract/schema                                           new.avsc:2:27
      'strng' is neither a type of Avro nor defined before this place.

          1 │ { "type": "record", "name": "Order", "fields": [
        > 2 │   { "name": "id", "type": "strng" }
            │                           ^^^^^^^
          3 │ ] }

    Nothing was compared.
    "
  `);
});

test('a JSON Schema pair that breaks names the field and the keyword', () => {
  const schema = (lines: string): string =>
    `{\n  "type": "object",\n  "properties": {\n    "lines": ${lines}\n  },\n  "required": ["lines"]\n}\n`;
  const files = {
    'old.json': schema('{ "type": "array" }'),
    'new.json': schema('{ "type": "array", "minItems": 1 }'),
  };
  const { code, out } = compared(files);
  expect(code).toBe(100);
  expect(out).toMatchInlineSnapshot(`
    "Incompatible: new.json rejects values that old.json accepts.

      error  payload/constraint-tightened                              new.json:4:45
      \`/lines\` is now held to \`minItems: 1\`: values of old.json are rejected.

          2 │   "type": "object",
          3 │   "properties": {
        > 4 │     "lines": { "type": "array", "minItems": 1 }
            │                                             ^
          5 │   },

        at old.json
        < 4 │     "lines": { "type": "array" }
            │     ^^^^^^^ was without \`minItems\`

      a value that old.json accepts and new.json rejects
          { "lines": [] }

      way out  \`tenet explain payload/constraint-tightened\` says why, and the way
               through
    "
  `);
  expect(compared(files, '--relation', 'events').out).toContain(
    'Incompatible: a producer of old.json sends events that',
  );
});

test('a keyword that cannot be named is left to the value', () => {
  const { out } = compared({ 'old.json': 'true', 'new.json': '{ "not": { "contains": { "type": "string" } } }' });
  expect(out).toMatch(/^Incompatible: new\.json rejects values that old\.json accepts\.\n/);
});

test('what is compatible, and what nobody knows, is a sentence', () => {
  expect(compared({ 'a.json': '{"const": 1}', 'b.json': '{"type": "integer"}' })).toEqual({
    code: 0,
    err: '',
    out: 'Compatible: b.json accepts everything that a.json accepts.\n',
  });
  expect(compared({ 'a.json': '{"pattern": "(?<!x)y$"}', 'b.json': '{"pattern": "(?<!x)y"}' })).toEqual({
    code: 100,
    err: '',
    out: "Unknown: neither proved nor refuted, because the pattern '(?<!x)y$' is not a\nregular language.\n",
  });
});

test('the same for programs', () => {
  const files = { 'old.avsc': avsc(id, status('PAID', 'LOST')), 'new.avsc': avsc(id, status('PAID')) };
  const { code, out } = compared(files, '--format', 'json');
  expect(code).toBe(100);
  expect(JSON.parse(out)).toEqual({
    version: 1,
    command: 'schema compare',
    verdict: 'incompatible',
    answer: 'Incompatible: new.avsc does not read everything that is written with old.avsc.',
    differences: [
      {
        rule: 'payload/enum-narrowed',
        kind: 'missing-enum-symbols',
        path: '/status',
        message:
          "`/status` may be written as `LOST`, which the reader's enum Status does not know: what old.avsc wrote is rejected.",
        at: { path: 'new.avsc', line: 3, column: 67, endLine: 3, endColumn: 76 },
        against: { path: 'old.avsc', line: 3, column: 86, endLine: 3, endColumn: 92, was: 'was one of its symbols' },
        witness: { id: 'text', status: 'LOST' },
        hint: "let the reader's enum have the symbol, or a `default` for what it does not know",
      },
    ],
    notes: [],
  });
  const same = compared(
    { 'old.avsc': avsc(id), 'new.avsc': avsc(id, status('A').replace(' } }', ' }, "default": "A" }')) },
    '--format',
    'json',
  );
  expect(JSON.parse(same.out)).toMatchObject({ verdict: 'compatible', differences: [], notes: [] });
  const broken = compared({ 'old.avsc': avsc(id), 'new.avsc': '7' }, '--format', 'json');
  expect(broken.code).toBe(1);
  expect(JSON.parse(broken.out)).toMatchObject({ findings: [{ rule: 'contract/schema' }] });
});

test.each([
  [['--avro', '--relation', 'events'], "option '--avro' cannot be used with option '--relation <relation>'"],
  [['--avro', '--dialect', 'draft-07'], "option '--avro' cannot be used with option '--dialect <dialect>'"],
  [['--batch', '--format', 'json'], "option '--format <format>' cannot be used with option '--batch'"],
])('%j makes no sense', async (options, says) => {
  const { code, err } = await typed(['schema', 'compare', ...options]);
  expect(code).toBe(2);
  expect(err).toContain(says);
});

const ask = async (...lines: string[]): Promise<unknown[]> => {
  const { code, out, err } = await typed(['schema', 'compare', '--avro', '--batch'], { input: lines.join('\n') });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { micros, ...answer } = JSON.parse(line);
      expect(micros).toEqual(expect.any(Number));
      return answer;
    });
};

test('a batch of Avro pairs: one answer a line, whatever the line is', async () => {
  const deep = `${'{"type":"array","items":'.repeat(4_000)}"int"${'}'.repeat(4_000)}`;
  const endless = '{"type":"record","name":"A","fields":[{"name":"n","type":"TYPE"},{"name":"a","type":"A"}]}';
  const answers = await ask(
    '{"id": 1, "old": "int", "new": "long"}',
    '{"id": 2, "old": ["null", "int"], "new": ["int"]}',
    '{"id": 3, "old": {"type": "array", "items": "long"}, "new": {"type": "array", "items": "int"}}',
    'nonsense',
    '7',
    '{"id": [6], "old": "int"}',
    '{"id": 7, "old": "int", "new": {"type": "record", "name": "A", "fields": [{"name": "a", "type": "B"}]}}',
    `{"id": 8, "old": ${deep}, "new": "int"}`,
    `{"id": 9, "old": ${endless.replace('TYPE', 'long')}, "new": ${endless.replace('TYPE', 'int')}}`,
    '{"id": 10, "old": null, "new": "int"}',
    '{"id": "__proto__", "old": [], "new": "int"}',
  );
  expect(answers).toEqual([
    { id: 1, verdict: 'compatible' },
    { id: 2, verdict: 'incompatible', witness: null, path: '', kind: 'missing-union-branch' },
    { id: 3, verdict: 'incompatible', witness: [1], path: '/0', kind: 'type-mismatch' },
    { id: null, verdict: 'unknown', reason: 'the line is not JSON' },
    { id: null, verdict: 'unknown', reason: "a question needs 'old' and 'new'" },
    { id: [6], verdict: 'unknown', reason: "a question needs 'old' and 'new'" },
    {
      id: 7,
      verdict: 'unknown',
      reason: "new at /fields/0/type: 'B' is neither a type of Avro nor defined before this place.",
    },
    { id: 8, verdict: 'unknown', reason: expect.stringMatching(/^old at .*…: Types are nested too deeply\.$/) },
    {
      id: 9,
      verdict: 'incompatible',
      path: '/n',
      kind: 'type-mismatch',
      reason: 'no value that is written with the old schema ends',
    },
    {
      id: 10,
      verdict: 'unknown',
      reason: 'old: A type is a name, an object with `type`, or an array of types.',
    },
    { id: '__proto__', verdict: 'compatible' },
  ]);
});
