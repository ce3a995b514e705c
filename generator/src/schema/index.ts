export {
  type Annotations,
  type Dialect,
  dialects,
  type Json,
  type JsonObject,
  type JsonType,
  type Schema,
  type SchemaNode,
  type SchemaPlace,
  type SchemaProblem,
} from './ast.ts';
export { compare } from './compare.ts';
export { type Containment, type ContainsOptions, contains, findValue } from './contains.ts';
export { type DefaultProblem, defaultProblems } from './default-problems.ts';
export { refHidesSiblings } from './dialects.ts';
export { accepts, declaredPart, emits, emitsNothing, seen } from './events-relation.ts';
export { canonicalNumber, type ExactJson, type InexactNumbers, parseJsonExact } from './exact-json.ts';
export type { Demand, Found } from './found.ts';
export { secondOpinion } from './judge.ts';
export { type Loss, lossesBetween } from './losses.ts';
export { confirm } from './meeting.ts';
export { type ParseOptions, parseSchema } from './parse.ts';
export { plainValue } from './plain-value.ts';
export { isValid, type ValidateOptions } from './validate.ts';
export type { CompareOptions, Handling, Meeting, Relation, Verdict } from './verdict.ts';
export { warmUp } from './warm-up.ts';
