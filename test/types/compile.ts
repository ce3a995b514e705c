/** Compiles pieces of TypeScript against the workspace's sources, as a service would, and answers what the compiler says. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Options of a strict service; `tenet-source` spares the build. */
const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  customConditions: ['tenet-source'],
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
};

/** Errors of each piece, `line: text`; its name is its path without extension. All are one program: that is slow to make. */
export function compile(pieces: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  // Below this folder, so that packages are found; hidden, so that the project's own build does not see it.
  const folder = mkdtempSync(join(import.meta.dirname, '.pieces-'));
  try {
    for (const [name, text] of Object.entries(pieces)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, `${name}.ts`), `${text}\n`);
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
    const compiler = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
    const run = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    if (run.error !== undefined) throw run.error;
    const said = new Map(Object.keys(pieces).map((name): [string, string[]] => [name, []]));
    // A sentence goes on in the indented lines below it.
    for (const line of run.stdout.replaceAll('\n  ', '  ').split('\n')) {
      const [, path, row, text] = /^(\S+\.ts)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line) ?? [];
      const name =
        path === undefined ? undefined : relative(folder, resolve(path)).replace(/\.ts$/, '').replaceAll('\\', '/');
      const piece = name === undefined ? undefined : said.get(name);
      if (piece !== undefined) piece.push(`${row}: ${text}`);
      else if (path !== undefined) throw new Error(`Outside of the pieces: ${line}`);
      else if (line !== '') throw new Error(line);
    }
    return Object.fromEntries(said);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
