/** What generated code imports: the validators of an event and the parts that they are made of. */
export { type Change, changeItems, noPatterns, noSlots, onlyDeclared, unchanged, withMember } from './changes.ts';
export {
  countMembers,
  hasLength,
  isArray,
  isEqual,
  isInteger,
  isMultipleOf,
  isNumber,
  isObject,
  isUnique,
  type Members,
  own,
} from './checks.ts';
export { defineValidators, schemaFunctions } from './define-validators.ts';
export { hasFormat } from './formats.ts';
export { at, differs, fail, missing, noneHolds, passed, type Sink, stop } from './report.ts';
export type { SchemaFunctions, Validated, Validators, Violation } from './validators.ts';
