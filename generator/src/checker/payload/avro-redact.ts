import type { Contract } from '../../model/contract.ts';
import type { Json } from '../../schema/ast.ts';
import { type AvroType, branchName } from '../../schema/avro/index.ts';
import { redact } from './redact.ts';

/** Blacks out what the contract classifies. The JSON encoding names the branches of unions, and pointers do not. */
export function redactAvro(event: Json, root: AvroType, classification: Contract['classification']): Json {
  const places = classification.flatMap(({ pointer, kind }) =>
    encodedPointers(root, pointer.split('/').slice(1)).map((encoded) => ({ pointer: encoded, kind })),
  );
  return redact(event, places);
}

/** A pointer into the event as pointers into its encoding: one for every branch that it may lead through. */
function encodedPointers(type: AvroType, tokens: readonly string[]): readonly string[] {
  const [first, ...rest] = tokens;
  if (first === undefined) return [''];
  switch (type.kind) {
    case 'union':
      return type.branches.flatMap((branch) =>
        encodedPointers(branch, tokens).map((below) => `/${branchName(branch)}${below}`),
      );
    case 'record': {
      const field = type.fields.find(({ name }) => name === first);
      return field ? encodedPointers(field.type, rest).map((below) => `/${first}${below}`) : [];
    }
    case 'array':
      return encodedPointers(type.items, rest).map((below) => `/${first}${below}`);
    case 'map':
      return encodedPointers(type.values, rest).map((below) => `/${first}${below}`);
    default:
      return [];
  }
}
