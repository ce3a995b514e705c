/** Reads who imports whom out of source files, and holds it against the table of layers. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ts } from 'ts-morph';
import { confined, type Layer, layers, workspacePackages } from './layers.ts';

/** Source by path from the repository's root. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** File of this repository that it resolves to; absent for npm packages and `node:`. */
  readonly target?: string;
}

export function readSources(root: string, folders: readonly string[]): Sources {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      sources.set(path.slice(root.length + 1), readFileSync(path, 'utf8'));
    }
  }
  return sources;
}

/** `@tenet/runtime/sql` → `runtime/src/sql.ts`, from the `tenet-source` conditions of the workspaces' exports. */
export function readWorkspaceEntries(root: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const workspace of ['runtime', 'generator', 'generated']) {
    const manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as {
      name: string;
      exports?: Record<string, string | Record<string, string>>;
    };
    for (const [subpath, conditions] of Object.entries(manifest.exports ?? {})) {
      const source = typeof conditions === 'string' ? conditions : conditions['tenet-source'];
      if (source !== undefined) entries.set(join(manifest.name, subpath), join(workspace, source));
    }
  }
  return entries;
}

export function importsOf(sources: Sources, entries: ReadonlyMap<string, string>): readonly Import[] {
  const imports: Import[] = [];
  for (const [from, text] of sources) {
    for (const { fileName: specifier } of ts.preProcessFile(text, true, true).importedFiles) {
      const target = specifier.startsWith('.')
        ? normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts')
        : entries.get(specifier);
      imports.push({ from, specifier, ...(target !== undefined && { target }) });
    }
  }
  return imports;
}

const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

function layerOf(path: string): Layer | undefined {
  return layers.filter((l) => within(path, l.path)).sort((a, b) => b.path.length - a.path.length)[0];
}

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** One sentence per forbidden import, with the reason of the ban. */
export function violations(imports: readonly Import[]): readonly string[] {
  const found: string[] = [];
  for (const { from, specifier, target } of imports) {
    const workspace = from.split('/')[0] ?? '';
    const layer = layerOf(from);
    const ban = (because: string) => found.push(`${from} imports ${specifier}: ${because}`);
    if (target !== undefined) {
      const foreign = target.split('/')[0] !== workspace;
      if (layer && !within(target, layer.path) && !layer.may.some((allowed) => within(target, allowed))) {
        ban(layer.because);
      } else if (foreign && !workspacePackages[workspace]?.may.includes(packageOf(specifier))) {
        ban(workspacePackages[workspace]?.because ?? 'no rule allows it');
      }
      continue;
    }
    if (specifier.startsWith('node:')) {
      if (layer?.pure) ban(layer.because);
      continue;
    }
    const name = packageOf(specifier);
    if (!workspacePackages[workspace]?.may.includes(name)) {
      ban(workspacePackages[workspace]?.because ?? 'no rule allows it');
    } else if (layer && !(layer.packages ?? []).includes(name)) {
      ban(layer.because);
    }
    const fence = confined.find((c) => c.package === name);
    if (fence && !fence.to.some((place) => from.startsWith(place))) ban(fence.because);
  }
  return found;
}

/** Groups of files that import each other in a circle, type imports included. */
export function cycles(imports: readonly Import[]): readonly (readonly string[])[] {
  const edges = new Map<string, string[]>();
  for (const { from, target } of imports) {
    if (target !== undefined) edges.set(from, [...(edges.get(from) ?? []), target]);
  }
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const mine = index.size;
    index.set(node, mine);
    let lowest = mine;
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, low.get(next) ?? index.get(next) ?? lowest);
    }
    low.set(node, lowest);
    if (lowest === mine) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return lowest;
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}
