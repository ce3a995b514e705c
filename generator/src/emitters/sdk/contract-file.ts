/**
 * The file of one contract, `src/<domain>/<event>/v<N>.ts`: types, key type, validators, and the descriptors that
 * producers and consumers are made of. What is not the event's own is written with a `$`, so that no name of a schema
 * or a consumer can meet it.
 */
import {
  type SourceFileStructure,
  type StatementStructures,
  StructureKind,
  type TypeAliasDeclarationStructure,
} from 'ts-morph';
import type { Contract } from '../../model/contract.ts';
import { consumerProperty, contractPath, eventIdentifier, eventTypeName } from '../../model/naming.ts';
import type { Schema } from '../../schema/ast.ts';
import { consumerData, eventData } from './descriptor.ts';
import { commentText, literal, propertyName, quoted } from './js-text.ts';
import { printedPath } from './printed-path.ts';
import { buildTypes } from './types/build-types.ts';
import { declareTypes, typeText } from './types/declare-types.ts';
import type { Type, TypedPlace } from './types/ir.ts';
import { nameTypes } from './types/name-types.ts';
import { emitValidators, validationModule } from './validators/emit-validators.ts';

/** What the file takes from the runtime. */
const importedTypes = ['Branded', 'ConsumerDescriptor', 'EventContract', 'EventDescriptor'];

export interface ContractFile {
  readonly structure: SourceFileStructure;
  /** What follows: validators and descriptors. Text already, which ts-morph would only read back. */
  readonly rest: string;
  readonly types: EventTypeNames;
  /** The type has an `Unbranded` form, and it differs. */
  readonly unbrands: boolean;
  /** Every event is an object, so that members can be overridden. */
  readonly isObject: boolean;
}

/** A contract with its file, for the files that pass it on. */
export interface EmittedContract {
  readonly contract: Contract;
  /** Below `src`, without extension: `orders/order-placed/v1`. */
  readonly module: string;
  readonly file: ContractFile;
}

/** Names of the types that others may need by name. */
export interface EventTypeNames {
  readonly event: string;
  /** What `send` takes; the event itself when no member has a default. */
  readonly input: string;
  readonly key?: string;
}

export function contractFile(contract: Contract, schema: Schema, label: string): ContractFile {
  const event = eventTypeName(contract.event, contract.major);
  const built = buildTypes(schema.root);
  const key = keyTypes(contract, built.at);
  const names = { input: `${event}Input`, key: `${event}Key` };
  const roots = [
    { name: event, type: built.seen },
    { name: names.input, type: built.sent },
  ];
  const named = nameTypes(roots, new Set([names.input, names.key, ...importedTypes]));
  const docs = new Map([
    [event, eventDoc(contract)],
    [names.input, `${event} as a producer passes it: members with a default may be left out.`],
  ]);
  const declarations = new Map<string, StatementStructures>();
  for (const declaration of declareTypes(named, docs)) {
    if ('name' in declaration && declaration.name !== undefined) declarations.set(declaration.name, declaration);
  }
  const seenText = typeText(built.seen, named);
  const sentText = typeText(built.sent, named);
  const differs = seenText !== sentText;
  // A root that is no object (or is shared with another name) still goes by the event's name.
  const first = declarations.get(event) ?? alias(event, seenText, eventDoc(contract));
  declarations.delete(event);
  const types: EventTypeNames = {
    event,
    input: differs ? names.input : event,
    ...(key !== undefined && { key: names.key }),
  };
  const statements = [...declarations.values()];
  if (differs && !declarations.has(names.input))
    statements.push(alias(names.input, sentText, docs.get(names.input) ?? ''));
  if (key !== undefined) {
    const parts = key.map((type) => typeText(type, named));
    const text = parts.length === 1 ? (parts[0] ?? 'unknown') : `readonly [${parts.join(', ')}]`;
    statements.push(alias(names.key, text, 'What events are partitioned by.'));
  }
  const usesBrands = named.named.some(({ place }) => place.type?.kind === 'brand');
  const used = importedTypes.filter((name) => {
    if (name === 'Branded') return usesBrands;
    return name !== 'ConsumerDescriptor' || contract.consumers.some(({ generated }) => generated);
  });
  return {
    structure: {
      kind: StructureKind.SourceFile,
      statements: [header(contract, label), ...imports(used), first, ...statements],
    },
    rest: [...validators(schema, event), ...descriptors(contract, types, label)].map((text) => `\n${text}\n`).join(''),
    types,
    unbrands: usesBrands && !named.named.some(({ place }) => returnsTo(place)),
    isObject: isObject(built.seen),
  };
}

function isObject(type: Type, depth = 0): boolean {
  if (type.kind === 'place') return depth < 50 && type.place.type !== undefined && isObject(type.place.type, depth + 1);
  if (type.kind === 'union' || type.kind === 'intersection') return type.of.every((part) => isObject(part, depth + 1));
  return type.kind === 'object';
}

/**
 * Refers to itself without an object on the way, as arrays of arrays do. The compiler unfolds a type that is computed
 * from such a one without end; from objects it stops at the members until they are asked for.
 */
function returnsTo(place: TypedPlace): boolean {
  const seen = new Set<TypedPlace>();
  const pending = place.type === undefined ? [] : [place.type];
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    if (type.kind === 'place') {
      if (type.place === place) return true;
      if (type.place.type !== undefined && !seen.has(type.place)) pending.push(type.place.type);
      seen.add(type.place);
    } else if (type.kind === 'array') pending.push(type.item);
    else if (type.kind === 'brand') pending.push(type.of);
    else if (type.kind === 'union' || type.kind === 'intersection') pending.push(...type.of);
    else if (type.kind === 'tuple') pending.push(...type.items, ...(type.rest === undefined ? [] : [type.rest]));
  }
  return false;
}

function header(contract: Contract, label: string): string {
  const source = commentText(printedPath(contract.source.path, label));
  return `// Code generated by @tenet/generator from ${source}. DO NOT EDIT.`;
}

function imports(types: readonly string[]): readonly StatementStructures[] {
  return [
    {
      kind: StructureKind.ImportDeclaration,
      moduleSpecifier: '@tenet/runtime',
      namedImports: [{ name: 'contract', alias: '$contract' }, ...types.map((name) => ({ name, isTypeOnly: true }))],
    },
    { kind: StructureKind.ImportDeclaration, moduleSpecifier: validationModule, namespaceImport: '$v' },
  ];
}

function validators(schema: Schema, event: string): readonly string[] {
  const { code, functions } = emitValidators(schema, event);
  return [...(code === '' ? [] : [code]), `const $validators = $v.defineValidators<${event}>(${functions});`];
}

function alias(name: string, type: string, doc: string): TypeAliasDeclarationStructure {
  return { kind: StructureKind.TypeAlias, name, isExported: true, type, docs: doc === '' ? [] : [doc] };
}

/** The key's parts in order; undefined when events have no key. */
function keyTypes({ partitionKey }: Contract, at: (pointer: string) => Type): readonly Type[] | undefined {
  if (partitionKey === undefined) return undefined;
  const fields = partitionKey.fields.map((pointer) => at(pointer));
  return partitionKey.buckets === undefined ? fields : [...fields, { kind: 'atom', text: 'number' }];
}

function eventDoc(contract: Contract): string {
  const lines = [commentText(contract.title), '', commentText(contract.description), '', `Owner: ${contract.owner}.`];
  if (contract.status === 'deprecated') {
    const by = contract.replacedBy === undefined ? '' : ` Replaced by ${contract.replacedBy}.`;
    const after = contract.removeAfter === undefined ? '' : ` Removed after ${contract.removeAfter}.`;
    lines.push('', `@deprecated${by}${after}`);
  }
  return lines.join('\n');
}

function descriptors(contract: Contract, types: EventTypeNames, label: string): readonly string[] {
  const consumers = contract.consumers.filter(({ generated }) => generated);
  const producers = contract.producers.filter(({ generated }) => generated);
  const services = unionOf(producers.map(({ service }) => service));
  const outboxes = unionOf(producers.filter(({ outbox }) => outbox).map(({ service }) => service));
  // A tombstone has no payload: the handler is the one who has to be told.
  const handled = contract.tombstones === 'allow' ? `${types.event} | null` : types.event;
  const input = types.input === types.event ? '' : `, ${types.input}`;
  const members = consumers.map(
    ({ name, delivery }) =>
      `readonly ${propertyName(consumerProperty(name))}: ConsumerDescriptor<${handled}, ${quoted(delivery)}>;`,
  );
  const type = `EventDescriptor<${types.event}, ${services}, ${outboxes}${input}>`;
  const data = consumers.map(
    (consumer) =>
      `${propertyName(consumerProperty(consumer.name))}: ${keyed(literal(consumerData(consumer, '$event'), 4))}`,
  );
  return [
    constant('$event', `EventContract<${types.event}>`, literal(eventData(contract, label, '$validators')), false, ''),
    constant(
      eventIdentifier(contract.event, contract.major),
      members.length === 0 ? type : `${type} & {\n  ${members.join('\n  ')}\n}`,
      `{\n  ${['[$contract]: $event', ...data].join(',\n  ')},\n}`,
      true,
      eventDoc(contract),
    ),
  ];
}

/** Behind the runtime's symbol, so that no consumer's name can collide with it. */
function keyed(data: string): string {
  return `{\n    [$contract]: ${data},\n  }`;
}

function constant(name: string, type: string, value: string, exported: boolean, doc: string): string {
  const comment =
    doc === ''
      ? ''
      : `/**\n${doc
          .split('\n')
          .map((line) => ` * ${line}`.trimEnd())
          .join('\n')}\n */\n`;
  return `${comment}${exported ? 'export ' : ''}const ${name}: ${type} = ${value};`;
}

function unionOf(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map(quoted).join(' | ');
}

export function contractModule(contract: Contract): string {
  return contractPath(contract.domain, contract.event, contract.major);
}
