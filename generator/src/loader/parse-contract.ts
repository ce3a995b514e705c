import type { Finding } from '../diagnostics/finding.ts';
import { entryOf, type Located, type LocatedEntry } from './located.ts';
import { joinReferences, loadReferenced } from './references.ts';
import type { SourceFiles } from './source-files.ts';
import { validate } from './validate.ts';

/** Well-formed text whose references are joined; nothing is known of its fields. */
export interface ParsedContract {
  readonly file: string;
  readonly domain: string;
  readonly event: string;
  readonly major: number;
  /** Everything but the payload: its references follow the rules of JSON Schema. */
  readonly root: Located;
  readonly schema: LocatedEntry | undefined;
}

/** A contract that the meta-schema accepts. */
export interface ValidContract extends ParsedContract {
  readonly valid: true;
  readonly schema: LocatedEntry;
}

/** Where a contract stands; `undefined` for a file that is none. */
export function placeOf(file: string): { domain: string; event: string; major: number } | undefined {
  const match = /^([^/]+)\/([^/]+)\/v([1-9]\d{0,3})\.yaml$/.exec(file);
  const [, domain, event, major] = match ?? [];
  if (domain === undefined || event === undefined || major === undefined) return undefined;
  return { domain, event, major: Number(major) };
}

export async function parseContract(
  file: string,
  files: SourceFiles,
): Promise<readonly [ParsedContract | undefined, readonly Finding[]]> {
  const place = placeOf(file);
  const root = files.parsed(file)?.root;
  if (place === undefined || root === undefined) return [undefined, []];
  const schema = entryOf(root, 'schema');
  const rest = root.kind === 'map' ? withoutSchema(root) : root;
  await loadReferenced(rest, files);
  const [joined, findings] = joinReferences(rest, files);
  // What multiplies without end is not looked at any further.
  if (findings.some(({ rule }) => rule === 'contract/alias-expansion')) return [undefined, findings];
  return [{ file, ...place, root: joined, schema }, findings];
}

export function validateContract(parsed: ParsedContract): readonly [ValidContract | undefined, readonly Finding[]] {
  const { file, domain, event, root, schema } = parsed;
  const whole =
    schema === undefined || root.kind !== 'map'
      ? root
      : { ...root, entries: new Map(root.entries).set('schema', shape(schema)) };
  const findings = validate('contract', whole, { called: 'the contract', file, contract: `${domain}.${event}` });
  if (findings.length > 0 || schema === undefined) return [undefined, findings];
  return [{ ...parsed, schema, valid: true }, []];
}

/** The meta-schema asks no more of a payload than its type, and need not walk through it. */
function shape(schema: LocatedEntry): LocatedEntry {
  return schema.value.kind === 'map' ? { ...schema, value: { ...schema.value, entries: new Map() } } : schema;
}

function withoutSchema(root: Extract<Located, { kind: 'map' }>): Located {
  const entries = new Map(root.entries);
  entries.delete('schema');
  return { ...root, entries };
}
