/** `src/testing.ts`: for every event a function that answers a valid one, to be overridden where a test cares. */
import { builderIdentifier, pascalCase } from '../../model/naming.ts';
import type { OutputFile } from '../../output/output-file.ts';
import type { Json } from '../../schema/ast.ts';
import type { EmittedContract } from './contract-file.ts';
import { literal } from './js-text.ts';
import { smallestInstance } from './smallest-instance.ts';
import { docText, fileText, generatedLine, namesFrom } from './source-file.ts';

export function testingFile(emitted: readonly EmittedContract[]): OutputFile {
  const shared = sharedNames(emitted);
  const imports: string[] = [];
  const builders: string[] = [];
  for (const one of emitted) {
    const { contract, module, file } = one;
    const event = contract.schema.kind === 'json' ? smallestInstance(contract.schema.schema) : undefined;
    if (event === undefined) continue;
    const plain = file.types.event;
    const isShared = shared.has(plain);
    // Two domains may have an event of one name; in this file both go by their domain too.
    const type = isShared ? `${pascalCase(contract.domain)}${plain}` : plain;
    const name = isShared
      ? builderIdentifier(`${contract.domain}-${contract.event}`, contract.major)
      : builderIdentifier(contract.event, contract.major);
    const imported = isShared ? { name: plain, alias: type } : { name: plain };
    imports.push(namesFrom('import type', [imported], `./${module}.js`));
    const given = file.unbrands ? `Unbranded<${type}>` : type;
    // A schema without `type` reads as an object's, and may still leave no object valid.
    const isObject = file.isObject && typeof event === 'object' && event !== null && !Array.isArray(event);
    builders.push(builder({ name, type, given, id: `${contract.name}@${contract.major}`, event, isObject }));
  }
  if (emitted.some(({ file }) => file.unbrands)) {
    imports.unshift(namesFrom('import type', [{ name: 'Unbranded' }], '@tenet/runtime'));
  }
  const head = [
    generatedLine,
    '// Each event was found valid when it was generated. `as never`: types know nothing of bounds, and want their brands.',
  ];
  // Without any import or export the file would not be a module.
  const statements = builders.length > 0 ? builders : ['export {};'];
  return { path: 'src/testing.ts', text: fileText([...head, ...imports], statements) };
}

interface Builder {
  readonly name: string;
  readonly type: string;
  /** The type as a test writes it. */
  readonly given: string;
  readonly id: string;
  readonly event: Json;
  readonly isObject: boolean;
}

function builder({ name, type, given, id, event, isObject }: Builder): string {
  if (!isObject) {
    const doc = docText(`\`value\`, by default a valid ${id} event.`);
    return `${doc}export function ${name}(value: ${given} = ${literal(event)} as never): ${type} {\n  return value as never;\n}`;
  }
  const members = literal(event, 2);
  const body = members.replace(/,?\s*\}$/, '');
  const spread = members.includes('\n')
    ? `${body},\n    ...overrides,\n  }`
    : `${body}${body === '{' ? '' : ','} ...overrides }`;
  const doc = docText(`A valid ${id} event; \`overrides\` replace members at its top.`);
  return `${doc}export function ${name}(overrides: Partial<${given}> = {}): ${type} {\n  return ${spread} as never;\n}`;
}

function sharedNames(emitted: readonly EmittedContract[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { file } of emitted) {
    if (seen.has(file.types.event)) shared.add(file.types.event);
    seen.add(file.types.event);
  }
  return shared;
}
