import type { Contract } from '../model/contract.ts';
import { sameTypes } from '../schema/avro/index.ts';
import { sameJson, sameSchema } from './same-schema.ts';

/** Fields that say what a contract is and change nothing of what it does. */
const words: readonly (keyof Contract)[] = ['title', 'description', 'status', 'replacedBy', 'removeAfter'];

/** Not the contract's own text: the version itself, positions, and what `tenet.yaml` overlays. */
const outside: readonly (keyof Contract)[] = ['version', 'source', 'environments', 'schema'];

/** Has anything changed that a reader of the contract would notice? Comments, layout and key order do not count. */
export function changesAnything(before: Contract, after: Contract): boolean {
  return differs(before, after, outside) || !samePayload(before, after, true);
}

/** Has anything changed that a running service would notice? Descriptions and annotations do not count. */
export function changesEffect(before: Contract, after: Contract): boolean {
  return differs(before, after, [...outside, ...words]) || !samePayload(before, after, false);
}

/**
 * Loaded once for both versions, because every file that the contract is made of holds the same bytes in both. There is
 * nothing to compare, and nothing has to be looked at to know that.
 */
export function isLoadedOnce(before: Contract, after: Contract): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Contract)[]);
  return [...names].every((name) => name === 'source' || before[name] === after[name]);
}

/** As `changesAnything`, with the overlays of the environments: is there anything for the rules to compare? */
export function changesAnywhere(before: Contract, after: Contract): boolean {
  return differs(before, after, ['source', 'schema']) || !samePayload(before, after, true);
}

export function samePayload(before: Contract, after: Contract, annotations: boolean): boolean {
  if (before.schema.kind === 'avro' || after.schema.kind === 'avro') {
    if (before.schema.kind !== 'avro' || after.schema.kind !== 'avro') return false;
    const [was, is] = [before.schema.schema, after.schema.schema];
    return annotations ? sameJson(was.raw, is.raw) : sameTypes(was.root, is.root);
  }
  const { schema: was } = before.schema;
  const { schema: is } = after.schema;
  return was.assertFormats === is.assertFormats && sameSchema(was.root, is.root, annotations);
}

function differs(before: Contract, after: Contract, except: readonly (keyof Contract)[]): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Contract)[]);
  return [...names].some((name) => !except.includes(name) && !sameMeaning(before[name], after[name]));
}

/** Do two values of a contract say the same? `5m` and `300s` do, and so do objects whose keys stand in another order. */
export function sameMeaning(a: unknown, b: unknown): boolean {
  return a === b || sameJson(meaning(a), meaning(b));
}

/** The value without the way it was written: `5m` and `300s` are one duration. */
function meaning(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(meaning);
  const isQuantity = ['ms', 'perSecond', 'bytes', 'fraction'].some((unit) => unit in value) && 'text' in value;
  const entries = Object.entries(value).filter(([name]) => !(isQuantity && name === 'text'));
  return Object.fromEntries(entries.map(([name, inner]) => [name, meaning(inner)]));
}
