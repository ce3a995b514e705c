/** Reads the files that a page shows: a fenced block behind `<!-- file: path -->`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');

export const readPage = (path: string) => readFileSync(join(root, path), 'utf8');

/** Text by path, in the order of the page. */
export function filesIn(page: string): ReadonlyMap<string, string> {
  const blocks = page.matchAll(/<!-- file: (\S+) -->\n```\w*\n([\s\S]*?)\n```/g);
  return new Map([...blocks].map(([, path = '', text = '']) => [path, `${text}\n`]));
}

/** The first block of a language under a heading. */
export function blockUnder(page: string, heading: string, language: string): string {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const block = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(section)?.[1];
  if (block === undefined) throw new Error(`no ${language} block under ${heading}`);
  return `${block}\n`;
}

export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Below the project's own node_modules, so that a reader's `kafkajs`, `pg` and `@tenet/runtime` are found. */
export function foldersParent(): string {
  const parent = join(root, 'node_modules/.cache/tenet');
  mkdirSync(parent, { recursive: true });
  return parent;
}

/** Compiles a folder strictly; throws with what the compiler said. */
export function compile(folder: string, options: object, include: readonly string[]): void {
  const strict = { module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: true, types: ['node'] };
  const config = join(folder, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...strict, ...options }, include }));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${folder} does not compile:\n${(error as { stdout: string }).stdout}`);
  }
}
