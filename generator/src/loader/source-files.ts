import { hash } from 'node:crypto';
import { contractFinding } from '../diagnostics/catalogue.ts';
import { nearest } from '../diagnostics/did-you-mean.ts';
import type { Finding, Position } from '../diagnostics/finding.ts';
import type { FileTree } from '../model/file-tree.ts';
import { printedPath } from '../model/file-tree.ts';
import type { Json } from '../schema/index.ts';
import { parseJson } from './json-text.ts';
import { largestJson, largestYaml } from './limits.ts';
import { type Located, SourceText, toJson } from './located.ts';
import { parseYaml } from './yaml-text.ts';

export interface ParsedFile {
  /** Absent when the file could not be read or parsed; `findings` then says why. */
  readonly root: Located | undefined;
  readonly findings: readonly Finding[];
}

/**
 * JSON files whose places are kept, the latest ones. They are schemas: a contract needs the places of its own while it
 * is loaded, and again only when there is something to say about it. Kept for all contracts they would be most of what
 * a large workspace takes in memory, and to parse a schema again is quick.
 */
const mostPlacedJsons = 16;

/** Missing files for which one of a like name is looked for: where more are missing, nobody has mistyped a name. */
const mostNearest = 100;

/**
 * The files of one tree, each read once, when somebody asks for it: a schema that no contract refers to costs nothing
 * and is never an error.
 */
export class SourceFiles {
  readonly tree: FileTree;
  readonly names: ReadonlySet<string>;
  readonly #texts = new Map<string, SourceText | Finding>();
  readonly #yamls = new Map<string, ParsedFile>();
  /** Begun anew when it is full. */
  #placedJsons = new Map<string, ParsedFile>();
  readonly #jsons = new Map<string, Json>();
  readonly #findings = new Map<string, readonly Finding[]>();
  readonly #digests = new Map<string, string>();
  readonly #nearest = new Map<string, string | undefined>();
  readonly #used = new Set<string>();
  #asked = new Set<string>();

  constructor(tree: FileTree) {
    this.tree = tree;
    this.names = new Set(tree.list());
  }

  /** Undefined when the tree has no such file. */
  parsed(file: string): ParsedFile | undefined {
    this.#asked.add(file);
    const known = this.#yamls.get(file) ?? this.#placedJsons.get(file);
    if (known !== undefined) return known;
    const text = this.#read(file);
    if (text === undefined) return undefined;
    const parsed = parse(file, text);
    this.#findings.set(file, parsed.findings);
    if (this.#placedJsons.size === mostPlacedJsons) this.#placedJsons = new Map();
    (isJson(file) ? this.#placedJsons : this.#yamls).set(file, parsed);
    return parsed;
  }

  /** Undefined when the tree has no such file, or it holds no text. */
  text(file: string): string | undefined {
    const read = this.#read(file);
    return read instanceof SourceText ? read.text : undefined;
  }

  /** The plain value of a file that was parsed, one for everybody who asks. */
  json(file: string): Json {
    const known = this.#jsons.get(file);
    if (known !== undefined) return known;
    const root = this.parsed(file)?.root;
    if (root === undefined) throw new Error(`${file} has no value`);
    const json = toJson(root);
    this.#jsons.set(file, json);
    return json;
  }

  /** What was wrong with the files that were asked for. */
  findings(): Finding[] {
    return [...this.#findings.values()].flat();
  }

  wasRead(file: string): boolean {
    return this.#findings.has(file) || this.#used.has(file);
  }

  /** Counts as read: what is made of the file is there already. */
  use(file: string): void {
    this.#used.add(file);
  }

  /** Collects every file that is asked for from now on, also one that is not there, until the next call. */
  recordAsked(): ReadonlySet<string> {
    this.#asked = new Set();
    return this.#asked;
  }

  /** SHA-256 of the bytes; undefined when the tree has no such file. */
  digest(file: string): string | undefined {
    const known = this.#digests.get(file);
    const bytes = known === undefined && this.names.has(file) ? this.tree.read(file) : undefined;
    if (bytes === undefined) return known;
    const digest = hash('sha256', bytes);
    this.#digests.set(file, digest);
    return digest;
  }

  /** The file whose name is most like one that is not there. */
  nearest(missing: string): string | undefined {
    if (!this.#nearest.has(missing) && this.#nearest.size < mostNearest)
      this.#nearest.set(missing, nearest(missing, this.names));
    return this.#nearest.get(missing);
  }

  top(file: string): Position {
    return { path: printedPath(this.tree, file), line: 1, column: 1 };
  }

  #read(file: string): SourceText | Finding | undefined {
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    const bytes = this.names.has(file) ? this.tree.read(file) : undefined;
    if (bytes === undefined) return undefined;
    const text = this.#decoded(file, bytes);
    this.#texts.set(file, text);
    return text;
  }

  #decoded(file: string, bytes: Uint8Array): SourceText | Finding {
    const limit = isJson(file) ? largestJson : largestYaml;
    const where = { at: this.top(file), subject: file };
    if (bytes.length > limit) {
      const hint = 'Split it: parts of a contract can be pulled in with `$ref`.';
      return contractFinding('contract/file-too-large', { limit: `${limit / 1024} KiB` }, { ...where, hint });
    }
    const decoded = decode(bytes);
    if ('problem' in decoded) {
      const hint = 'Save it as UTF-8.';
      return contractFinding('contract/not-text', decoded, { ...where, hint });
    }
    return new SourceText(file, where.at.path, decoded.text);
  }
}

function isJson(file: string): boolean {
  return !/\.ya?ml$/.test(file);
}

function parse(file: string, text: SourceText | Finding): ParsedFile {
  if (!(text instanceof SourceText)) return { root: undefined, findings: [text] };
  const [root, findings] = isJson(file) ? parseJson(text) : parseYaml(text);
  return { root, findings };
}

/** A byte order mark of UTF-8 is dropped: some editors write it, and it means nothing. */
export function decode(bytes: Uint8Array): { readonly text: string } | { readonly problem: string } {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { problem: 'it begins like UTF-16' };
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) return { problem: `byte ${zero} is zero` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'it holds bytes that are no character' };
  }
}
