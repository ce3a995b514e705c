import type { Finding } from '../../diagnostics/finding.ts';
import { fingerprint } from '../../diagnostics/fingerprint.ts';
import type { Contract } from '../../model/contract.ts';
import type { Emitter } from '../emitter.ts';
import { packageFiles } from './package-files.ts';
import { parseAll } from './parsed-files.ts';
import { mostEmittedPlaces, schemaEffects } from './validators/schema-effects.ts';

/** The TypeScript package that services import: one file per contract, one entry point per domain, test builders. */
export const sdk: Emitter = {
  name: 'sdk',
  emit: packageFiles,
  prove: parseAll,
  refuses: (set) => set.contracts.flatMap(refusals),
};

function refusals(contract: Contract): readonly Finding[] {
  const { schema, producers, consumers } = contract;
  if (schema.kind === 'json') {
    if (schemaEffects(schema.schema) !== undefined) return [];
    return [
      refusal(contract, 'output/too-many-places', {
        message: `The alternatives of the schema combine into more than ${mostEmittedPlaces.toLocaleString('en-US')} places: no validator of a sensible size tells them apart.`,
        hint: 'Tell the branches of `anyOf` and `oneOf` apart by a required property with a constant of its own.',
      }),
    ];
  }
  if (![...producers, ...consumers].some(({ generated }) => generated)) return [];
  return [
    refusal(contract, 'output/avro-sdk', {
      message: 'The SDK cannot be generated from an Avro schema yet.',
      hint: 'Write the payload as JSON Schema, or set `generated: false` for its producers and consumers.',
    }),
  ];
}

function refusal(
  { name, major, source }: Contract,
  rule: string,
  words: { readonly message: string; readonly hint: string },
): Finding {
  return {
    rule,
    severity: 'error',
    ...words,
    at: source.locate(['schema']),
    contract: name,
    fingerprint: fingerprint({ rule, contract: `${name}@${major}` }),
  };
}
