import { contractFinding, quoted } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { deepest } from './limits.ts';
import type { Located, LocatedEntry, SourceText, Span } from './located.ts';

/**
 * JSON to located values. Beside `JSON.parse` because that knows no places and lets the last of two equal keys win;
 * beside the YAML library because that takes fifty times as long, and schemas are the bulk of a workspace.
 */
export function parseJson(source: SourceText): readonly [Located | undefined, readonly Finding[]] {
  const reader = new JsonReader(source);
  try {
    return [reader.read(), reader.findings];
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return [undefined, [...reader.findings, error.finding]];
  }
}

/** Ends the reading at the first error: what follows it would only be noise. */
class Broken extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A text up to its closing quote; control characters must be escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON forbids here
const stringPattern = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const words = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class JsonReader {
  readonly findings: Finding[] = [];
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  read(): Located {
    this.#space();
    if (this.#at === this.#text.length) {
      throw new Broken(
        contractFinding('contract/empty-file', {}, { at: this.#source.position(0), subject: this.#source.file }),
      );
    }
    const value = this.#value(1);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('The JSON value ends before this.');
    return value;
  }

  #value(depth: number): Located {
    if (depth > deepest) {
      const at = this.#source.position(this.#at, this.#at + 1);
      throw new Broken(contractFinding('contract/too-deep', { limit: deepest }, { at, subject: this.#source.file }));
    }
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{') return this.#map(depth);
    if (first === '[') return this.#list(depth);
    if (first === '"') return { kind: 'scalar', value: this.#string(), span: this.#span(start) };
    const word = /[a-z]+/y;
    word.lastIndex = start;
    const name = word.exec(this.#text)?.[0];
    if (name !== undefined) {
      const value = words.get(name);
      if (value === undefined) this.#fail(`${quoted(name)} is no JSON value.`, name.length);
      this.#at += name.length;
      return { kind: 'scalar', value, span: this.#span(start) };
    }
    numberPattern.lastIndex = start;
    const digits = numberPattern.exec(this.#text)?.[0];
    if (digits === undefined)
      this.#fail(first === undefined ? 'The file ends in the middle of a value.' : 'A JSON value was expected here.');
    this.#at += digits.length;
    const value = Number(digits);
    if (!Number.isFinite(value)) {
      this.#at = start;
      this.#fail(`${quoted(digits)} is larger than any number that can be computed with.`, digits.length);
    }
    return { kind: 'scalar', value, span: this.#span(start) };
  }

  #map(depth: number): Located {
    const start = this.#at++;
    const entries = new Map<string, LocatedEntry>();
    this.#space();
    if (this.#text[this.#at] === '}') this.#at++;
    else {
      for (let more = true; more; more = this.#more('}')) {
        this.#space();
        const keyStart = this.#at;
        if (this.#text[keyStart] !== '"') this.#fail('A key in double quotes was expected here.');
        const name = this.#string();
        const key = this.#span(keyStart);
        this.#space();
        if (this.#text[this.#at] !== ':') this.#fail('A colon was expected here.');
        this.#at++;
        this.#space();
        const value = this.#value(depth + 1);
        const other = entries.get(name);
        if (other === undefined) entries.set(name, { key, value });
        else this.#duplicate(name, key, other.key);
      }
    }
    return { kind: 'map', entries, span: this.#span(start) };
  }

  #list(depth: number): Located {
    const start = this.#at++;
    const items: Located[] = [];
    this.#space();
    if (this.#text[this.#at] === ']') this.#at++;
    else {
      for (let more = true; more; more = this.#more(']')) {
        this.#space();
        items.push(this.#value(depth + 1));
      }
    }
    return { kind: 'list', items, span: this.#span(start) };
  }

  #more(close: string): boolean {
    this.#space();
    const next = this.#text[this.#at];
    if (next !== ',' && next !== close) this.#fail(`A comma or a closing \`${close}\` was expected here.`);
    this.#at++;
    return next === ',';
  }

  #string(): string {
    stringPattern.lastIndex = this.#at;
    const found = stringPattern.exec(this.#text)?.[0];
    if (found === undefined)
      this.#fail('This text does not end on its line, or holds an escape that JSON does not have.');
    this.#at += found.length;
    return found.includes('\\') ? String(JSON.parse(found)) : found.slice(1, -1);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #span(start: number): Span {
    return { source: this.#source, start, end: this.#at };
  }

  #duplicate(key: string, second: Span, first: Span): void {
    const { line } = this.#source.position(first.start);
    const at = this.#source.position(second.start, second.end);
    this.findings.push(
      contractFinding('contract/duplicate-key', { key, line }, { at, subject: `${this.#source.file}#${key}` }),
    );
  }

  #fail(problem: string, length = 1): never {
    const at = this.#source.position(this.#at, Math.min(this.#at + length, this.#text.length));
    throw new Broken(contractFinding('contract/syntax', { problem }, { at, subject: this.#source.file }));
  }
}
