export { type AvscAnswer, askAvsc } from './avsc-judge.ts';
export {
  type AvroCompareOptions,
  type AvroVerdict,
  compareAvro,
  type Incompatibility,
  type Loss,
  type Side,
} from './compare.ts';
export { canBeWritten } from './least-values.ts';
export { type IncompatibilityKind, incompatibilityKinds } from './match.ts';
export { parseAvro } from './parse.ts';
export { sameTypes } from './same-types.ts';
export { typeText } from './type-text.ts';
export { type AvroField, type AvroProblem, type AvroSchema, type AvroType, branchName } from './types.ts';
