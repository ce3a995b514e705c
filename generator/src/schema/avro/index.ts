export { type AvscAnswer, askAvsc } from './avsc-judge.ts';
export {
  type AvroCompareOptions,
  type AvroVerdict,
  compareAvro,
  type Incompatibility,
  type Loss,
  type Side,
} from './compare.ts';
export { type IncompatibilityKind, incompatibilityKinds } from './match.ts';
export { parseAvro } from './parse.ts';
export type { AvroField, AvroProblem, AvroSchema, AvroType } from './types.ts';
