import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import { type ContractRule, contractFinding, type Parameters, quoted } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { deepest, mostValues } from './limits.ts';
import type { Located, LocatedEntry, SourceText, Span } from './located.ts';

/**
 * YAML 1.2 (core schema, merge keys) to located values. The library's tree is walked here and not turned into
 * JavaScript by the library: duplicate keys, alias bombs, foreign tags and numbers that JSON lacks are then findings
 * with a place, and every value keeps its own.
 */
export function parseYaml(source: SourceText): readonly [Located | undefined, readonly Finding[]] {
  const reader = new YamlReader(source);
  const value = reader.read();
  return [reader.findings.length > 0 ? undefined : value, reader.findings];
}

class YamlReader {
  readonly findings: Finding[] = [];
  readonly #source: SourceText;
  readonly #anchors = new Map<string, Located>();
  readonly #open = new Set<string>();
  /** Values in a collection, itself included, after aliases. */
  readonly #sizes = new Map<Located, number>();
  #bomb = false;

  constructor(source: SourceText) {
    this.#source = source;
  }

  read(): Located | undefined {
    const { text } = this.#source;
    const steep = steepPlace(text);
    if (steep !== undefined) {
      this.#report('contract/too-deep', { limit: deepest }, steep, steep + 1);
      return undefined;
    }
    const document = parseDocument(text, {
      version: '1.2',
      prettyErrors: false,
      // Checked here instead: the library compares every key with every other one.
      uniqueKeys: false,
      merge: true,
      logLevel: 'error',
    });
    this.#syntax(document);
    if (this.findings.length > 0) return undefined;
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
      this.#report('contract/empty-file', {}, 0, 0);
      return undefined;
    }
    return this.#value(document.contents, 1);
  }

  #syntax(document: Document.Parsed): void {
    const seen = new Set<number>();
    for (const problem of [...document.errors, ...document.warnings]) {
      // A broken line sets off several errors; the first one at a place is the cause.
      if (seen.has(problem.pos[0])) continue;
      seen.add(problem.pos[0]);
      const [at, end] = problem.pos;
      const start = problem.code === 'MISSING_CHAR' ? (openQuote(document, at) ?? at) : at;
      if (problem.code === 'MULTIPLE_DOCS') {
        this.#report(
          'contract/unsupported-yaml',
          { what: 'A second document begins here: a file holds one.' },
          start,
          start + 3,
        );
        break;
      }
      if (problem.code === 'TAG_RESOLVE_FAILED' && problem.message.startsWith('Unresolved tag')) {
        const tag = /^\S+/.exec(this.#source.text.slice(start, end))?.[0] ?? '';
        this.#report(
          'contract/unsupported-yaml',
          { what: `The tag ${quoted(tag)} is not supported.` },
          start,
          start + tag.length,
          'Write the plain value.',
        );
        continue;
      }
      this.#report(
        'contract/syntax',
        { problem: sentence(problem, this.#source.text) },
        start,
        Math.max(end, start + 1),
      );
      if (this.findings.length >= 20) break;
    }
  }

  #value(node: Node, depth: number): Located {
    const nothing: Located = { kind: 'scalar', span: this.#span(node), value: null };
    if (this.#bomb) return nothing;
    if (depth > deepest) {
      this.#report('contract/too-deep', { limit: deepest }, nothing.span.start, nothing.span.start + 1);
      this.#bomb = true;
      return nothing;
    }
    if (isAlias(node)) return this.#alias(node.source, nothing.span);
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : undefined;
    if (anchor !== undefined) this.#open.add(anchor);
    const value = this.#plain(node, depth, nothing);
    if (anchor !== undefined) {
      this.#open.delete(anchor);
      this.#anchors.set(anchor, value);
    }
    return value;
  }

  #plain(node: Node, depth: number, nothing: Located): Located {
    const { span } = nothing;
    if (isSeq(node)) {
      const items = (node.items as Node[]).map((item) => this.#value(item, depth + 1));
      return this.#sized({ kind: 'list', span, items }, items);
    }
    if (isMap(node)) {
      const entries = new Map<string, LocatedEntry>();
      const merged: LocatedEntry[] = [];
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        const key = this.#key(pair.key);
        if (key === undefined) continue;
        const span = this.#span(pair.key);
        const value: Located =
          pair.value === null ? { kind: 'scalar', span, value: null } : this.#value(pair.value, depth + 1);
        const entry = { key: span, value };
        const isMerge = key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN';
        const other = entries.get(key);
        if (isMerge) merged.push(entry);
        else if (other)
          this.#report(
            'contract/duplicate-key',
            { key, line: this.#line(other.key.start) },
            entry.key.start,
            entry.key.end,
          );
        else entries.set(key, entry);
      }
      for (const entry of merged) this.#merge(entries, entry);
      return this.#sized(
        { kind: 'map', span, entries },
        [...entries.values()].map(({ value }) => value),
      );
    }
    if (!isScalar(node)) return nothing;
    const { value } = node as Scalar;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#report(
        'contract/unsupported-yaml',
        { what: `${quoted(this.#text(span))} is no number that JSON can hold.` },
        span.start,
        span.end,
      );
      return nothing;
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) {
      return { kind: 'scalar', span, value };
    }
    this.#report(
      'contract/unsupported-yaml',
      { what: 'The tag before this value is not supported.' },
      span.start,
      span.end,
      'Write the plain value.',
    );
    return nothing;
  }

  #key(node: Node | null): string | undefined {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    // `404:` or `true:` means the text, as it does in JSON.
    if (isScalar(node) && typeof node.source === 'string' && node.source !== '') return node.source;
    const { start, end } = this.#span(node);
    this.#report('contract/unsupported-yaml', { what: 'A key is a single text.' }, start, Math.min(end, start + 1));
    return undefined;
  }

  #alias(name: string, span: Span): Located {
    const target = this.#anchors.get(name);
    if (this.#open.has(name) || target === undefined) {
      const problem = this.#open.has(name)
        ? `The alias ${quoted(`*${name}`)} contains itself.`
        : `There is no anchor ${quoted(`&${name}`)}.`;
      this.#report('contract/alias-expansion', { problem }, span.start, span.end);
      return { kind: 'scalar', span, value: null };
    }
    return target;
  }

  /** `<<: *base` or `<<: [*a, *b]`: what is written in the map itself wins, then the first of the list. */
  #merge(entries: Map<string, LocatedEntry>, { key, value }: LocatedEntry): void {
    const sources = value.kind === 'list' ? value.items : [value];
    for (const source of sources) {
      if (source.kind !== 'map') {
        this.#report(
          'contract/unsupported-yaml',
          { what: 'A merge key `<<` takes a map or a list of maps.' },
          key.start,
          key.end,
        );
        return;
      }
      for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
    }
  }

  #sized<L extends Located>(located: L, children: readonly Located[]): L {
    const size = children.reduce((sum, child) => sum + (this.#sizes.get(child) ?? 1), 1);
    this.#sizes.set(located, size);
    if (size > mostValues && !this.#bomb) {
      this.#bomb = true;
      const problem = `Aliases multiply this to more than ${mostValues.toLocaleString('en-US')} values.`;
      this.#report('contract/alias-expansion', { problem }, located.span.start, located.span.start + 1);
    }
    return located;
  }

  #span(node: Node | null): Span {
    const [start, end] = node?.range ?? [0, 0];
    return { source: this.#source, start, end };
  }

  #text({ start, end }: Span): string {
    return this.#source.text.slice(start, end);
  }

  #line(offset: number): number {
    return this.#source.position(offset).line;
  }

  #report<R extends ContractRule>(rule: R, parameters: Parameters<R>, start: number, end: number, hint?: string): void {
    const at = this.#source.position(start, end);
    this.findings.push(
      contractFinding(rule, parameters, { at, subject: `${this.#source.file}#${this.findings.length}`, hint }),
    );
  }
}

/** A quote that is never closed swallows the rest of the file: what is wrong is where it opens. */
function openQuote(document: Document.Parsed, end: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (isQuoted && range && range[0] < end && range[2] >= end) found = range[0];
    },
  });
  return found;
}

/** Where brackets or dashes pile up beyond all sense; the YAML library would recurse for each. */
function steepPlace(text: string): number | undefined {
  let balance = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    balance += bracket === '[' || bracket === '{' ? 1 : -1;
    if (balance > 5 * deepest) return index;
  }
  const dashes = /(?:[-?][ \t]){101}/.exec(text);
  return dashes?.index;
}

const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'An alias cannot have an anchor or a tag of its own.',
  BAD_ALIAS: 'This alias has no name that an anchor could have.',
  BAD_DIRECTIVE: 'This directive is not understood.',
  BAD_DQ_ESCAPE: 'A backslash in double quotes starts an escape, and this is none: write `\\\\`, or use single quotes.',
  BAD_INDENT: 'This line is indented in a way that belongs to nothing above it.',
  BAD_PROP_ORDER: 'Anchors and tags stand before the value.',
  BAD_SCALAR_START: 'A plain text cannot begin with this character: put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'A map cannot begin in the middle of this line: put the text in quotes, or begin a new line.',
  BLOCK_IN_FLOW: 'A block cannot stand inside of brackets.',
  IMPOSSIBLE: 'This cannot be read as YAML.',
  KEY_OVER_1024_CHARS: 'A key is longer than 1,024 characters.',
  MISSING_CHAR: 'Something is missing here.',
  MULTILINE_IMPLICIT_KEY: 'A key stands on one line: a colon or a quote is missing here, or above.',
  MULTIPLE_ANCHORS: 'A value has one anchor.',
  MULTIPLE_TAGS: 'A value has one tag.',
  RESOURCE_EXHAUSTION: 'The file nests too deeply to be read.',
  TAB_AS_INDENT: 'YAML is indented with spaces, and this is a tab.',
  UNEXPECTED_TOKEN: 'This was not expected here.',
};

function sentence({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'MISSING_CHAR' && /closing/.test(message)) {
    const quote = /closing (.)/.exec(message)?.[1];
    if (quote !== undefined) return `A closing \`${quote}\` is missing.`;
  }
  if (code === 'BAD_INDENT' && /must be sufficiently indented/.test(message)) {
    return 'A bracket above is not closed, or what stands in it is not indented.';
  }
  if (code === 'BAD_SCALAR_START') {
    const character = text.charAt(pos[0]);
    return `A plain text cannot begin with ${character === '`' ? 'a backtick' : quoted(character)}: put it in quotes.`;
  }
  return sentences[code] ?? 'This cannot be read as YAML.';
}
