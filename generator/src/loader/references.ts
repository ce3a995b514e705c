import { posix } from 'node:path';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { type ContractRule, contractFinding, type Parameters } from '../diagnostics/catalogue.ts';
import { nearest } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { mostValues } from './limits.ts';
import {
  childOf,
  type Located,
  type LocatedEntry,
  type LocatedMap,
  pointerTokens,
  positionOf,
  type Span,
} from './located.ts';
import type { SourceFiles } from './source-files.ts';

/**
 * `$ref` outside of schemas. The library finds and loads what is referred to, file by file, through a resolver that
 * knows the tree and nothing else; the values are joined here, on located trees, so that a field of a shared policy
 * still knows its line in `policies.yaml`.
 */
const scheme = 'tenet://contracts/';

export function uriOf(file: string): string {
  return scheme + file.split('/').map(encodeURIComponent).join('/');
}

export function fileOfUri(uri: string): string | undefined {
  if (!uri.startsWith(scheme)) return undefined;
  try {
    return decodeURIComponent(uri.slice(scheme.length).replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
}

/** Files that are reached from a set of files, per tree: hundreds of contracts refer to the same few policies. */
const reached = new WeakMap<SourceFiles, Map<string, readonly string[]>>();

/** Reads every file that the value refers to, directly or through another one, into `files`. */
export async function loadReferenced(root: Located, files: SourceFiles): Promise<void> {
  const { references } = plainReferences(root);
  if (references.length === 0) return;
  const known = reached.get(files) ?? new Map<string, readonly string[]>();
  reached.set(files, known);
  const targets = [...new Set(references.map(({ $ref }) => $ref))].sort().join(' ');
  const all = known.get(targets) ?? (await reachedFrom(root, files));
  known.set(targets, all);
  for (const file of all) files.parsed(file);
}

async function reachedFrom(root: Located, files: SourceFiles): Promise<readonly string[]> {
  const found: string[] = [];
  const parser = new $RefParser();
  const tree = {
    order: 1,
    canRead: true,
    read: ({ url }: { url: string }) => fileOfUri(url) ?? '',
  };
  const located = {
    order: 1,
    canParse: true,
    allowEmpty: true,
    parse: ({ data }: { data: unknown }) => {
      const file = String(data);
      found.push(file);
      const loaded = files.parsed(file)?.root;
      // What is missing or broken is reported where the reference stands.
      return loaded === undefined ? {} : plainReferences(loaded);
    },
  };
  await parser.resolve(uriOf(root.span.source.file), plainReferences(root), {
    continueOnError: true,
    resolve: { external: true, file: false, http: false, tree },
    parse: { json: false, yaml: false, text: false, binary: false, located },
  });
  return found;
}

/** The value as the library may see it: references that leave the tree are taken out, so that it never asks for them. */
function plainReferences(located: Located) {
  const references: { $ref: string }[] = [];
  for (const { reference, from } of referencesIn(located)) {
    const target = targetOf(reference, from);
    if ('file' in target) references.push({ $ref: uriOf(target.file) });
  }
  return { references };
}

function* referencesIn(located: Located): Iterable<{ reference: string; from: string }> {
  if (located.kind === 'list') for (const item of located.items) yield* referencesIn(item);
  if (located.kind !== 'map') return;
  const own = located.entries.get('$ref')?.value;
  if (own?.kind === 'scalar' && typeof own.value === 'string')
    yield { reference: own.value, from: own.span.source.file };
  for (const { value } of located.entries.values()) yield* referencesIn(value);
}

/** Also after joining: then one could not be followed. */
export function hasReference(located: Located): boolean {
  if (located.kind === 'list') return located.items.some(hasReference);
  if (located.kind !== 'map') return false;
  return located.entries.has('$ref') || [...located.entries.values()].some(({ value }) => hasReference(value));
}

/** Where a reference leads, or why it may not: confined to the tree before any file is asked for. */
export function targetOf(
  reference: string,
  from: string,
): { readonly file: string; readonly pointer: string } | { readonly problem: string } {
  const hash = reference.indexOf('#');
  const before = hash < 0 ? reference : reference.slice(0, hash);
  let path: string;
  let pointer: string;
  try {
    path = decodeURIComponent(before);
    pointer = hash < 0 ? '' : decodeURIComponent(reference.slice(hash + 1));
  } catch {
    return { problem: 'holds a `%` that escapes nothing' };
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(path) || path.startsWith('//'))
    return { problem: 'is an address, and nothing is fetched' };
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return { problem: 'is absolute' };
  if (path.includes('\\')) return { problem: 'holds a backslash' };
  // Half of a surrogate pair cannot be encoded, and no file is named so.
  if (/[\p{Cc}\p{Surrogate}]/u.test(path)) return { problem: 'holds a character that is in no file name' };
  if (path === '') return { file: from, pointer };
  const file = posix.normalize(posix.join(posix.dirname(from), path));
  if (file === '..' || file.startsWith('../')) return { problem: 'leaves the contracts root' };
  return { file, pointer };
}

/** The tree with every reference outside of `schema` replaced by what it leads to; what holds none stays as it is. */
export function joinReferences(root: Located, files: SourceFiles): readonly [Located, readonly Finding[]] {
  const joiner = new Joiner(files);
  return [joiner.join(root, []), joiner.findings];
}

/** One reference, followed by one step. */
export interface Step {
  readonly reference: string;
  readonly file: string;
  readonly pointer: string;
  readonly value: Located;
}

export function followOnce(
  reference: LocatedEntry,
  files: SourceFiles,
): readonly [Step | undefined, readonly Finding[]] {
  const joiner = new Joiner(files);
  return [joiner.step(reference), joiner.findings];
}

class Joiner {
  readonly findings: Finding[] = [];
  readonly #files: SourceFiles;
  /** Two references to a map of two references to … : each is short, together they are a bomb. */
  #left = mostValues;

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  /** `via` are the references that led here, to find a circle. */
  join(located: Located, via: readonly string[]): Located {
    if (located.kind === 'scalar' || this.#left < 0) return located;
    if (this.#left-- === 0) {
      const problem = `References multiply this to more than ${mostValues.toLocaleString('en-US')} maps and lists.`;
      this.#report('contract/alias-expansion', { problem }, { ...located.span, end: located.span.start + 1 });
      return located;
    }
    if (located.kind === 'list') {
      const items = located.items.map((item) => this.join(item, via));
      return items.every((item, index) => item === located.items[index]) ? located : { ...located, items };
    }
    const reference = located.entries.get('$ref');
    const entries = new Map<string, LocatedEntry>();
    let changed = false;
    for (const [key, entry] of located.entries) {
      if (entry === reference) continue;
      const value = this.join(entry.value, via);
      changed ||= value !== entry.value;
      entries.set(key, value === entry.value ? entry : { key: entry.key, value });
    }
    if (reference === undefined) return changed ? { ...located, entries } : located;
    const target = this.#follow(reference, via);
    if (target === undefined) return located;
    if (entries.size === 0) return target;
    return merge(target, { ...located, entries });
  }

  #follow(reference: LocatedEntry, via: readonly string[]): Located | undefined {
    const step = this.step(reference);
    if (step === undefined) return undefined;
    const id = `${step.file}#${step.pointer}`;
    if (via.includes(id)) {
      this.#report('contract/reference-cycle', { reference: step.reference }, reference.value.span);
      return undefined;
    }
    return this.join(step.value, [...via, id]);
  }

  /** What one reference leads to; references inside of that stay. */
  step({ key, value }: LocatedEntry): Step | undefined {
    if (value.kind !== 'scalar' || typeof value.value !== 'string') {
      const actual = value.kind === 'scalar' ? `\`${value.value}\`` : `a ${value.kind}`;
      this.#report('contract/wrong-type', { field: '$ref', expected: 'text', actual }, key);
      return undefined;
    }
    const reference = value.value;
    const target = targetOf(reference, value.span.source.file);
    if ('problem' in target) {
      const hint = 'Copy what it refers to into the contracts folder, and refer to it by a relative path.';
      this.#report('contract/reference-refused', { reference, problem: target.problem }, value.span, hint);
      return undefined;
    }
    const found = this.#at(target, reference, value.span);
    return found && { ...target, reference, value: found };
  }

  #at({ file, pointer }: { file: string; pointer: string }, reference: string, span: Span): Located | undefined {
    const parsed = this.#files.parsed(file);
    if (parsed === undefined) {
      const like = this.#files.nearest(file);
      const hint = like === undefined ? undefined : `Did you mean \`${relativeReference(span.source.file, like)}\`?`;
      this.#report('contract/reference-missing', { reference, problem: `there is no file \`${file}\`` }, span, hint);
      return undefined;
    }
    if (parsed.root === undefined) {
      if (parsed.findings.length === 0) throw new Error(`${file} has neither a value nor a reason`);
      return undefined;
    }
    const tokens = pointerTokens(pointer);
    if (tokens === undefined) {
      const hint = `Behind \`#\` stands a JSON pointer: \`#/${pointer}\`.`;
      this.#report(
        'contract/reference-missing',
        { reference, problem: `\`${pointer}\` is no JSON pointer` },
        span,
        hint,
      );
      return undefined;
    }
    let here: Located = parsed.root;
    for (const token of tokens) {
      const next = childOf(here, token);
      if (next === undefined) {
        const like = here.kind === 'map' ? nearest(token, here.entries.keys()) : undefined;
        const hint = like === undefined ? undefined : `Did you mean \`${like}\`?`;
        this.#report(
          'contract/reference-missing',
          { reference, problem: `\`${file}\` has no \`${token}\` there` },
          span,
          hint,
        );
        return undefined;
      }
      here = next;
    }
    return here;
  }

  #report<R extends ContractRule>(rule: R, parameters: Parameters<R>, span: Span, hint?: string): void {
    const subject = `${span.source.file}#${JSON.stringify(parameters)}`;
    this.findings.push(contractFinding(rule, parameters, { at: positionOf(span), subject, hint }));
  }
}

function relativeReference(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Deep merge: what `over` writes wins field by field, lists and scalars are replaced. Keys keep their own places. */
export function merge(base: Located, over: Located): Located {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { key: entry.key, value: merge(below.value, entry.value) });
  }
  const merged: LocatedMap = { kind: 'map', span: over.span, entries };
  return merged;
}
