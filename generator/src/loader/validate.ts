import type { ErrorObject } from 'ajv';
import { type ContractRule, contractFinding, type Parameters, quoted } from '../diagnostics/catalogue.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { FieldPath } from '../model/contract.ts';
import { kinds } from './kinds.ts';
import { mostValidated } from './limits.ts';
import {
  childOf,
  entryOf,
  fieldName,
  find,
  type Located,
  pointerTokens,
  positionOf,
  type Span,
  toJson,
} from './located.ts';
import { type MetaSchema, validatorOf, violations } from './meta-schema.ts';

/**
 * Text that parsed, held against the meta-schema. Each violation becomes a sentence about a field, at the key or the
 * value that is wrong; Ajv's words never reach a reader.
 */
export interface Subject {
  /** What sentences call the whole: `the contract`. */
  readonly called: string;
  readonly file: string;
  readonly contract?: string;
}

export function validate(name: MetaSchema, located: Located, subject: Subject): Finding[] {
  if (countValues(located) > mostValidated) {
    const at = positionOf({ ...located.span, end: located.span.start });
    const limit = `${count(mostValidated)} values`;
    return [contractFinding('contract/file-too-large', { limit }, { at, subject: subject.file })];
  }
  const found = new Map<string, Finding>();
  const errors = violations(validatorOf(name), toJson(located));
  // A value behind an alias is wrong at one place and met at several: it is said once, by its shortest name.
  errors.sort((a, b) => a.instancePath.length - b.instancePath.length);
  for (const violation of errors) {
    const finding = new Violation(violation, located, subject).finding();
    if (finding === undefined) continue;
    const { rule, at, message } = finding;
    const isOfValue = rule !== 'contract/missing-field' && rule !== 'contract/unknown-key';
    const key = JSON.stringify([rule, at, isOfValue ? '' : message]);
    if (!found.has(key)) found.set(key, finding);
  }
  return [...found.values()];
}

class Violation {
  readonly #error: ErrorObject;
  readonly #root: Located;
  readonly #subject: Subject;
  readonly #path: FieldPath;

  constructor(error: ErrorObject, root: Located, subject: Subject) {
    this.#error = error;
    this.#root = root;
    this.#subject = subject;
    this.#path = stepsOf(root, error.instancePath);
  }

  finding(): Finding | undefined {
    const { keyword, params, propertyName } = this.#error;
    // Said where references are joined.
    if (this.#path.at(-1) === '$ref') return undefined;
    if (propertyName !== undefined) return this.#badName(propertyName);
    switch (keyword) {
      case 'additionalProperties':
        return this.#unknownKey(String(params.additionalProperty));
      case 'required':
        return this.#missing(String(params.missingProperty));
      case 'enum':
        return this.#unknownValue();
      case 'type':
        return this.#wrongType();
      case 'pattern':
      case 'format':
      case 'const':
        return this.#wrongForm();
      case 'minimum':
        return this.#badValue(`must be at least ${count(params.limit)}`);
      case 'maximum':
        return this.#badValue(`must be at most ${count(params.limit)}`);
      case 'minLength':
        return this.#badValue('is empty');
      case 'maxLength':
        return this.#badValue(`is longer than ${count(params.limit)} characters`);
      case 'minItems':
      case 'minProperties':
        return this.#badValue('is empty: write at least one entry');
      case 'uniqueItems':
        return this.#badValue(`holds the same entry twice, at ${params.j} and ${params.i}`);
      default:
        return this.#badValue('is not what the format asks for');
    }
  }

  /** The part of the meta-schema that was violated. */
  get #schema(): { readonly [keyword: string]: unknown } {
    return this.#error.parentSchema ?? {};
  }

  get #kind() {
    return kinds.get(String(this.#schema['x-tenet-kind']));
  }

  #unknownKey(key: string): Finding {
    const known = Object.keys(Object(this.#schema.properties)).filter((name) => name !== '$ref');
    const entry = entryOf(this.#located(), key);
    const where = this.#path.length === 0 ? this.#subject.called : quoted(fieldName(this.#path));
    return this.#make('contract/unknown-key', { key, where }, [...this.#path, key], {
      span: entry?.key,
      hint: didYouMean(key, known) ?? `The keys here are ${known.map((name) => `\`${name}\``).join(', ')}.`,
    });
  }

  #missing(field: string): Finding {
    const where = this.#path.length === 0 ? capital(this.#subject.called) : quoted(fieldName(this.#path));
    return this.#make('contract/missing-field', { field, where }, [...this.#path, field]);
  }

  #unknownValue(): Finding {
    const allowed = [this.#schema.enum ?? []].flat().map(String);
    const value = this.#scalar();
    const hint = typeof value === 'string' ? didYouMean(value, allowed) : undefined;
    return this.#make(
      'contract/unknown-value',
      { field: this.#field(), value: shown(this.#located()), allowed },
      this.#path,
      { hint },
    );
  }

  #wrongType(): Finding | undefined {
    const actual = this.#located();
    // A number where a quantity belongs is the commonest mistake and has a sentence of its own.
    const kind = this.#kind;
    if (kind?.quantity === true && typeof this.#scalar() === 'number') return this.#wrongForm();
    const types = [this.#error.params.type].flat().map(String);
    if (types.length === 1 && types[0] === 'string' && this.#schema.enum !== undefined) return undefined;
    const expected =
      (kind?.isName === true ? 'text' : kind?.expected) ??
      types.map((type) => typeNames.get(type) ?? type).join(' or ');
    return this.#make('contract/wrong-type', { field: this.#field(), expected, actual: shown(actual) }, this.#path, {
      hint: kind?.hint(this.#scalar()),
    });
  }

  #wrongForm(): Finding {
    const kind = this.#kind;
    const value = this.#scalar();
    const field = this.#field();
    if (kind === undefined) return this.#badValue('is not what the format asks for');
    const hint = kind.hint(value);
    if (kind.quantity === true) {
      return this.#make(
        'contract/wrong-unit',
        { field, value: shown(this.#located()), kind: kind.expected },
        this.#path,
        { hint },
      );
    }
    if (kind.isName === true) {
      return this.#make('contract/bad-name', { name: String(value), rule: kind.expected }, this.#path, { hint });
    }
    return this.#make(
      'contract/bad-value',
      { field, problem: `must be ${kind.expected}, not ${shown(this.#located())}` },
      this.#path,
      { hint },
    );
  }

  #badName(name: string): Finding {
    const kind = this.#kind ?? kinds.get('name');
    const rule =
      this.#error.keyword === 'maxLength'
        ? `it is longer than ${count(this.#error.params.limit)} characters`
        : (kind?.expected ?? '');
    const entry = entryOf(this.#located(), name);
    return this.#make('contract/bad-name', { name, rule }, [...this.#path, name], {
      span: entry?.key,
      hint: kind?.hint(name),
    });
  }

  #badValue(problem: string): Finding {
    return this.#make('contract/bad-value', { field: this.#field(), problem }, this.#path);
  }

  #field(): string {
    return this.#path.length === 0 ? this.#subject.called : fieldName(this.#path);
  }

  #located(): Located | undefined {
    return this.#path.reduce<Located | undefined>(childOf, this.#root);
  }

  #scalar(): string | number | boolean | null | undefined {
    const located = this.#located();
    return located?.kind === 'scalar' ? located.value : undefined;
  }

  #make<R extends ContractRule>(
    rule: R,
    parameters: Parameters<R>,
    path: FieldPath,
    { span, hint }: { readonly span?: Span | undefined; readonly hint?: string | undefined } = {},
  ): Finding {
    const at = positionOf(span ?? find(this.#root, path).span);
    const { contract, file } = this.#subject;
    return contractFinding(rule, parameters, {
      at,
      subject: `${file}#${fieldName(path)}`,
      hint,
      ...(contract === undefined ? {} : { contract }),
    });
  }
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['object', 'a map'],
  ['array', 'a list'],
  ['string', 'text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', '`true` or `false`'],
]);

/** What stands there, in words that fit behind "not". */
export function shown(located: Located | undefined): string {
  if (located === undefined) return 'nothing';
  if (located.kind === 'map') return 'a map';
  if (located.kind === 'list') return 'a list';
  const { value } = located;
  if (value === null) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'empty text' : `the text ${quoted(value)}`;
  if (typeof value === 'boolean') return `\`${value}\``;
  // As it is written: 1.0 is not shown as 1.
  const { source, start, end } = located.span;
  return `the number ${quoted(source.text.slice(start, end))}`;
}

function countValues(located: Located): number {
  if (located.kind === 'list') return located.items.reduce((sum, item) => sum + countValues(item), 1);
  if (located.kind === 'map')
    return [...located.entries.values()].reduce((sum, { value }) => sum + countValues(value), 1);
  return 1;
}

/** Pointer tokens to steps: a token is an index where a list stands. */
function stepsOf(root: Located, pointer: string): FieldPath {
  let here: Located | undefined = root;
  return (pointerTokens(pointer) ?? []).map((token) => {
    const step = here?.kind === 'list' ? Number(token) : token;
    here = childOf(here, step);
    return step;
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function count(limit: number): string {
  return limit.toLocaleString('en-US');
}
