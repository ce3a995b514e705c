/** Reads the files that a page shows: a fenced block behind `<!-- file: path -->`. */
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
