import type { Json } from '../ast.ts';
import { makeObject } from '../json.ts';
import { inBranch, LeastValues } from './least-values.ts';
import { tellingValue } from './logical-types.ts';
import { unknownSymbols } from './match.ts';
import { anyKey, type Failure, pathTo, type Step, stepsTo } from './resolve.ts';
import type { AvroType } from './types.ts';

/**
 * A value that the writer can write and that runs into the failure, in the JSON encoding, or why there is none to show.
 * `path`: JSON pointer into the value, in which the branches of unions do not count.
 */
export type Witness =
  | { readonly value: Json; readonly path: string }
  | { readonly none: 'never ends' | 'too large'; readonly path: string };

/** Writes witnesses of one writer's schema. */
export class Witnesses {
  readonly #root: AvroType;
  readonly #least: LeastValues;

  constructor(root: AvroType) {
    this.#root = root;
    this.#least = new LeastValues(root);
  }

  of(failure: Failure): Witness {
    const steps = stepsTo(failure.pair);
    const path = pathTo(failure.pair) + (failure.field ? `/${failure.field.name}` : '');
    const none = this.#obstacle(this.#root, steps);
    if (none !== undefined) return { none, path };
    return { value: this.#write(this.#root, steps, failure), path };
  }

  /** The way may lead past types of which nothing can be written. */
  #obstacle(root: AvroType, steps: readonly Step[]): 'never ends' | 'too large' | undefined {
    let type = root;
    const beside: AvroType[] = [];
    for (const step of steps) {
      if (type.kind === 'record' && step.into === 'field')
        beside.push(...type.fields.filter(({ name }) => name !== step.name).map((field) => field.type));
      type = below(type, step);
    }
    const answers = new Set([...beside, type].map((each) => this.#least.standing(each)));
    if (answers.has('never ends')) return 'never ends';
    return answers.has('too large') ? 'too large' : undefined;
  }

  #write(type: AvroType, [step, ...rest]: readonly Step[], failure: Failure): Json {
    if (step === undefined) return this.#telling(type, failure);
    const inner = this.#write(below(type, step), rest, failure);
    if (step.into === 'items') return [inner];
    if (step.into === 'values') return makeObject([[anyKey, inner]]);
    if (step.into === 'branch') return inBranch(below(type, step), inner);
    if (type.kind !== 'record' || step.into !== 'field') return inner;
    return makeObject(
      type.fields.map(({ name, type: beside }) => [name, name === step.name ? inner : this.#least.of(beside)] as const),
    );
  }

  /** At the place of the failure, a value that shows it. */
  #telling(type: AvroType, { kind, pair }: Failure): Json {
    if (kind === 'missing-enum-symbols' && type.kind === 'enum' && pair.reader.kind === 'enum')
      return unknownSymbols(type, pair.reader)[0] ?? '';
    const telling = kind === 'logical-type-mismatch' && type.logical ? tellingValue(type.logical) : undefined;
    return telling ?? this.#least.of(type);
  }
}

function below(type: AvroType, step: Step): AvroType {
  let found: AvroType | undefined;
  if (step.into === 'items' && type.kind === 'array') found = type.items;
  else if (step.into === 'values' && type.kind === 'map') found = type.values;
  else if (step.into === 'branch' && type.kind === 'union') found = type.branches[step.index];
  else if (step.into === 'field' && type.kind === 'record')
    found = type.fields.find(({ name }) => name === step.name)?.type;
  if (found === undefined) throw new Error(`there is no way from ${type.kind} into ${step.into}`);
  return found;
}
