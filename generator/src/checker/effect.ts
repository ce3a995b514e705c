import type { Contract } from '../model/contract.ts';
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
    return before.schema.kind === after.schema.kind && sameJson(rawOf(before), rawOf(after));
  }
  const { schema: was } = before.schema;
  const { schema: is } = after.schema;
  return was.assertFormats === is.assertFormats && sameSchema(was.root, is.root, annotations);
}

function rawOf({ schema }: Contract): unknown {
  return schema.kind === 'avro' ? schema.schema : schema.schema.raw;
}

function differs(before: Contract, after: Contract, except: readonly (keyof Contract)[]): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Contract)[]);
  return [...names].some((name) => !except.includes(name) && !sameMeaning(before[name], after[name]));
}

function sameMeaning(before: unknown, after: unknown): boolean {
  return before === after || sameJson(meaning(before), meaning(after));
}

/** The value without the way it was written: `5m` and `300s` are one duration. */
function meaning(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(meaning);
  const isQuantity = ['ms', 'perSecond', 'bytes', 'fraction'].some((unit) => unit in value) && 'text' in value;
  const entries = Object.entries(value).filter(([name]) => !(isQuantity && name === 'text'));
  return Object.fromEntries(entries.map(([name, inner]) => [name, meaning(inner)]));
}
