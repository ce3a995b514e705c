import type { Position } from '../diagnostics/finding.ts';
import type { FieldPath } from '../model/contract.ts';
import type { Json } from '../schema/ast.ts';

/**
 * Parsed text whose every value knows where it stands. References and inherited promises are joined on these trees,
 * so a value keeps the place where somebody wrote it, in whichever file.
 */
export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly kind: 'map';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

export interface LocatedEntry {
  readonly key: Span;
  readonly value: Located;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Located[];
}

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
}

/** UTF-16 offsets, the end exclusive. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

export class SourceText {
  /** Relative to the contracts root. */
  readonly file: string;
  /** As messages print it. */
  readonly path: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(file: string, path: string, text: string) {
    this.file = file;
    this.path = path;
    this.text = text;
  }

  position(start: number, end: number = start): Position {
    const from = this.#place(start);
    if (end <= start) return { path: this.path, ...from };
    const to = this.#place(end);
    return { path: this.path, ...from, endLine: to.line, endColumn: to.column };
  }

  #place(offset: number): { line: number; column: number } {
    this.#lineStarts ??= lineStarts(this.text);
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export function positionOf(span: Span): Position {
  return span.source.position(span.start, span.end);
}

/** Plain JSON. `__proto__` becomes a key like any other. */
export function toJson(located: Located): Json {
  if (located.kind === 'scalar') return located.value;
  if (located.kind === 'list') return located.items.map(toJson);
  const json: Record<string, Json> = {};
  for (const [key, { value }] of located.entries) {
    if (key === '__proto__') {
      Object.defineProperty(json, key, { value: toJson(value), enumerable: true, configurable: true, writable: true });
    } else {
      json[key] = toJson(value);
    }
  }
  return json;
}

export function entryOf(located: Located | undefined, key: string): LocatedEntry | undefined {
  return located?.kind === 'map' ? located.entries.get(key) : undefined;
}

export function childOf(located: Located | undefined, step: string | number): Located | undefined {
  if (located?.kind === 'list') return located.items[Number(step)];
  return entryOf(located, String(step))?.value;
}

/**
 * Where a reader looks for a field: a scalar at its value, a map or a list at its key. `exact` is false when the path
 * is not written to its end and an ancestor stands in.
 */
export function find(root: Located, path: FieldPath): { readonly span: Span; readonly exact: boolean } {
  let here = root;
  let span: Span = { source: root.span.source, start: root.span.start, end: root.span.start };
  for (const step of path) {
    const entry = entryOf(here, String(step));
    const next = entry?.value ?? childOf(here, step);
    if (next === undefined) return { span, exact: false };
    span = next.kind === 'scalar' || entry === undefined ? markOf(next) : entry.key;
    here = next;
  }
  return { span, exact: true };
}

/** An item of a list has no key: a scalar is marked whole, a collection at its first character. */
function markOf(located: Located): Span {
  if (located.kind === 'scalar') return located.span;
  return { ...located.span, end: located.span.start };
}

/** `consumers.fulfillment.reads[2]`, as a sentence names a field. */
export function fieldName(path: FieldPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

/** Splits a JSON pointer (`''` is the root); undefined when it is none. */
export function pointerTokens(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  const tokens = pointer.slice(1).split('/');
  if (tokens.some((token) => /~(?![01])/.test(token))) return undefined;
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
