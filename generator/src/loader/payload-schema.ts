import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding, Position } from '../diagnostics/finding.ts';
import type { PayloadSchema } from '../model/contract.ts';
import { parseAvro } from '../schema/avro/index.ts';
import { type Dialect, type Json, parseSchema, type SchemaPlace } from '../schema/index.ts';
import {
  childOf,
  entryOf,
  find,
  type Located,
  type LocatedEntry,
  pointerTokens,
  positionOf,
  toJson,
} from './located.ts';
import type { ParsedContract } from './parse-contract.ts';
import type { ParsedSchemas } from './parsed-schemas.ts';
import { fileOfUri, followOnce, joinReferences, targetOf, uriOf } from './references.ts';
import type { SourceFiles } from './source-files.ts';

/**
 * The payload of a contract. The schema engine follows references inside of a schema itself, as the standard says, so
 * it is given every document of the tree that a relative `$ref` can reach; nothing else exists for it.
 */
export interface LoadedPayload {
  readonly payload: PayloadSchema | undefined;
  readonly findings: readonly Finding[];
  locate(place: SchemaPlace): Position;
}

export interface PayloadOptions {
  readonly files: SourceFiles;
  readonly schemas: ParsedSchemas;
  readonly dialect: Dialect;
}

interface PayloadContext {
  readonly contract: string;
  readonly files: SourceFiles;
}

/** Undefined when the contract has no `schema`, or none that could be one: the meta-schema says so. */
export function loadPayload(
  parsed: ParsedContract,
  { files, schemas, dialect }: PayloadOptions,
): LoadedPayload | undefined {
  const { schema: entry, root, domain, event } = parsed;
  if (entry === undefined || entry.value.kind === 'list') return undefined;
  if (entry.value.kind === 'scalar' && typeof entry.value.value !== 'boolean') return undefined;
  const formats = childOf(root, 'formats');
  const assertFormats = formats?.kind === 'scalar' && formats.value === 'assert';
  const context = { contract: `${domain}.${event}`, files };
  const avro = entryOf(entry.value, 'avro');
  if (avro !== undefined && entry.value.kind === 'map' && entry.value.entries.size === 1)
    return loadAvro(avro, context);
  const [found, findings] = rootDocument(entry, context);
  if (found === undefined) return { payload: undefined, findings, locate: () => positionOf(entry.key) };
  const isWhole = !refersElsewhere(found.located());
  const documents = isWhole ? new Map<string, string>() : reachable(found, files);
  const locate = ({ document, pointer }: SchemaPlace): Position => {
    const file = documents.get(document);
    const root = document === '' ? found.located() : file && files.parsed(file)?.root;
    return root ? positionOf(find(root, pointerTokens(pointer) ?? []).span) : positionOf(entry.key);
  };
  const options = {
    dialect,
    assertFormats,
    documents: new Map([...documents].map(([uri, file]) => [uri, files.json(file)])),
    baseUri: found.uri,
  };
  const [schema, problems] = isWhole ? schemas.parse(found.raw, options) : parseSchema(found.raw, options);
  const wrong = problems.map(({ at, message }) =>
    contractFinding(
      'contract/schema',
      { problem: message },
      { at: locate(at), contract: context.contract, subject: `${at.document}#${at.pointer}` },
    ),
  );
  return { payload: schema && { kind: 'json', schema }, findings: [...findings, ...wrong], locate };
}

function loadAvro(avro: LocatedEntry, { contract, files }: PayloadContext): LoadedPayload {
  const [located, findings] = joinReferences(avro.value, files);
  const locate = ({ pointer }: SchemaPlace) => positionOf(find(located, pointerTokens(pointer) ?? []).span);
  if (findings.length > 0) return { payload: undefined, findings, locate };
  const [schema, problems] = parseAvro(toJson(located));
  const wrong = problems.map(({ at: pointer, message }) =>
    contractFinding(
      'contract/schema',
      { problem: message },
      { at: locate({ document: '', pointer }), contract, subject: `avro#${pointer}` },
    ),
  );
  return { payload: schema && { kind: 'avro', schema }, findings: wrong, locate };
}

interface RootDocument {
  readonly raw: Json;
  /** Not held on to: most schemas are never asked for a place. */
  located(): Located | undefined;
  /** Retrieval URI: what relative references are relative to. */
  readonly uri: string;
}

/**
 * `schema: { $ref: ./v1.schema.json }` makes that file the root, so that `#/definitions/x` in it means what its authors
 * meant. A pointer behind the file, or anything beside the `$ref`, stays for the engine to follow.
 */
function rootDocument(
  entry: LocatedEntry,
  context: PayloadContext,
): readonly [RootDocument | undefined, readonly Finding[]] {
  const { files, contract } = context;
  const inline = { raw: toJson(entry.value), located: () => entry.value, uri: uriOf(entry.key.source.file) };
  const reference = entryOf(entry.value, '$ref');
  if (reference === undefined || isWithin(reference.value)) return [inline, []];
  const [step, findings] = followOnce(reference, files);
  if (step === undefined) return [undefined, findings.map((finding) => ({ ...finding, contract }))];
  if (step.file === entry.key.source.file) {
    // Of a contract's own file nothing but `schema` could be meant, and that is where we are.
    const where = { at: positionOf(reference.value.span), contract, subject: 'schema' };
    return [undefined, [contractFinding('contract/reference-cycle', { reference: step.reference }, where)]];
  }
  const { file } = step;
  const document = files.parsed(file)?.root;
  if (document === undefined) throw new Error(`${file} was followed but not read`);
  const alone = entry.value.kind === 'map' && entry.value.entries.size === 1;
  if (alone && step.pointer === '')
    return [{ raw: files.json(file), located: () => files.parsed(file)?.root, uri: uriOf(file) }, []];
  // The judges need to know the dialect of the whole; that of the document is the only one that can be meant.
  const dialect = childOf(document, '$schema');
  const named = dialect?.kind === 'scalar' && typeof dialect.value === 'string' ? { $schema: dialect.value } : {};
  return [{ ...inline, raw: { ...named, ...Object(inline.raw) } }, []];
}

function isWithin(reference: Located): boolean {
  return reference.kind === 'scalar' && typeof reference.value === 'string' && reference.value.startsWith('#');
}

/** Files by every URI under which a reference inside of the schema may look for them, the root's aside. */
function reachable(root: RootDocument, files: SourceFiles): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open = [{ located: root.located(), uri: root.uri }];
  const seen = new Set([root.uri]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const file = fileOfUri(next.uri);
    if (file === undefined || next.located === undefined) continue;
    const identity = identityOf(next.located);
    for (const reference of referencesOf(next.located)) {
      const target = targetOf(reference, file);
      if (!('file' in target)) continue;
      const document = files.parsed(target.file)?.root;
      if (document === undefined) continue;
      const uri = uriOf(target.file);
      if (uri !== root.uri) found.set(uri, target.file);
      // Beside an `$id` a relative reference is relative to that; the file next door is still what is meant.
      const alias = identity && absolute(reference, identity);
      if (alias !== undefined && uri !== root.uri) found.set(alias, target.file);
      if (!seen.has(uri)) {
        seen.add(uri);
        open.push({ located: document, uri });
      }
    }
  }
  return found;
}

function identityOf(located: Located): string | undefined {
  for (const key of ['$id', 'id']) {
    const value = childOf(located, key);
    if (value?.kind === 'scalar' && typeof value.value === 'string' && /^[a-z][a-z0-9+.-]*:/i.test(value.value))
      return value.value;
  }
  return undefined;
}

function absolute(reference: string, base: string): string | undefined {
  const withoutFragment = reference.replace(/#.*$/s, '');
  return withoutFragment !== '' && URL.canParse(withoutFragment, base)
    ? new URL(withoutFragment, base).href
    : undefined;
}

function refersElsewhere(located: Located | undefined): boolean {
  return located !== undefined && referencesOf(located).size > 0;
}

const referenceKeywords = ['$ref', '$dynamicRef', '$recursiveRef'];

/** Every text under a reference keyword that names another document; some may be data, and then nobody follows them. */
function referencesOf(root: Located): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (located: Located): void => {
    if (located.kind === 'list') located.items.forEach(walk);
    if (located.kind !== 'map') return;
    for (const [key, { value }] of located.entries) {
      const isReference = referenceKeywords.includes(key) && value.kind === 'scalar' && typeof value.value === 'string';
      if (isReference && !String(value.value).startsWith('#')) found.add(String(value.value));
      else walk(value);
    }
  };
  walk(root);
  return found;
}
