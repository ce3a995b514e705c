import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { ModuleKind, ModuleResolutionKind, Project, ScriptTarget } from 'ts-morph';
import { expect, test } from 'vitest';
import { emitValidators, validationModule } from '../../../../generator/src/emitters/sdk/validators/emit-validators.ts';
import type { Json } from '../../../../generator/src/schema/ast.ts';
import { schemas } from '../../schema-events/random-schemas.ts';
import { parsed } from './compiled.ts';

const runtime = fileURLToPath(new URL('../../../../runtime/src/validation/index.ts', import.meta.url));

function complaints(all: readonly Json[]): string[] {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      noImplicitReturns: true,
      noFallthroughCasesInSwitch: true,
      allowUnreachableCode: false,
      target: ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts'],
      types: [],
      module: ModuleKind.ESNext,
      moduleResolution: ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      noEmit: true,
      paths: { [validationModule]: [runtime] },
    },
  });
  for (const [index, raw] of all.entries()) {
    const { code, functions } = emitValidators(parsed(raw), 'Event');
    const text = `import * as $v from '${validationModule}';\n${code}\nexport const $functions: $v.SchemaFunctions = ${functions};\n`;
    project.createSourceFile(`/generated/event-${index}.ts`, text);
  }
  return project.getPreEmitDiagnostics().map((found) => {
    const at = `${found.getSourceFile()?.getBaseName()}:${found.getLineNumber()}`;
    const line = found.getSourceFile()?.getFullText().split('\n')[(found.getLineNumber() ?? 1) - 1];
    return `${at} ${JSON.stringify(found.getMessageText())} ${line}`;
  });
}

test('generated validators of any schema compile in the strictest mode', { timeout: 120_000 }, () => {
  const sample = fc.sample(schemas({ everything: true }), { numRuns: 300, seed: 7 });
  expect(complaints(sample)).toEqual([]);
});

test('what the compiler already knows of a value does not make a comparison an error', () => {
  const twoContained = { type: 'array', allOf: [{ contains: { multipleOf: 2 } }, { contains: { multipleOf: 3 } }] };
  expect(
    complaints([
      { ...twoContained, unevaluatedItems: { multipleOf: 5 } },
      { contains: { maximum: 0 }, unevaluatedItems: { type: 'array' } },
      { propertyNames: { enum: [6, 'a'] } },
      { propertyNames: { anyOf: [{ const: 1 }, { minLength: 2 }] } },
      { anyOf: [{ maxLength: 1 }, { enum: [3] }, { enum: ['a', 4] }] },
      { if: { multipleOf: 2 }, else: { enum: ['ab', true] } },
      { type: 'object', anyOf: [{ enum: ['a', 'b'] }, { required: ['a'] }], unevaluatedProperties: false },
      { properties: { a: { oneOf: [true, false] }, b: { oneOf: [false, false] }, c: { oneOf: [true, true] } } },
      { items: { oneOf: [{ type: 'string' }, { enum: ['a', 1] }, true] } },
      { prefixItems: [{ oneOf: [{}] }, { oneOf: [true] }] },
    ]),
  ).toEqual([]);
});

test('hostile names, patterns and values stay inside their quotes', () => {
  const hostile = [
    "'; alert(1); '",
    '`$' + '{1}`',
    '*/',
    '</script>',
    '__proto__',
    'constructor',
    '\u2028\u2029',
    '\\',
    '"',
    '\n',
    '$&',
  ];
  const properties = Object.fromEntries(hostile.map((name): [string, Json] => [name, { const: name, default: name }]));
  const patternProperties = { '[\'"`]\\u2028$': { pattern: "^'`\\\\/[\\]]$" } };
  const dotted: Json = {
    properties: { a: { properties, required: hostile, patternProperties, additionalProperties: false } },
  };
  expect(complaints([dotted, { enum: hostile }, { propertyNames: { enum: hostile } }])).toEqual([]);
});
