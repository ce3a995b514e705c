import { readFileSync } from 'node:fs';

/** Is every value that `old` accepts accepted by `new`? As `tenet schema compare --batch` reads it. */
export interface Question {
  readonly id: string;
  /** Holds where the schema names none. */
  readonly dialect: Dialect;
  readonly old: unknown;
  readonly new: unknown;
  /** The right answer; absent where nobody knows it. */
  readonly compatible?: boolean;
}

export const dialects = ['draft-04', 'draft-06', 'draft-07', '2019-09', '2020-12'] as const;
export type Dialect = (typeof dialects)[number];

/** One question a line. Whatever else a line holds is left alone; `draft7` is read as `draft-07`. */
export function readQuestions(file: string): Question[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => questionOf(JSON.parse(line), index));
}

function questionOf(fields: Readonly<Record<string, unknown>>, index: number): Question {
  const named = String(fields.dialect ?? fields.draft ?? 'draft-07');
  const dialect = dialects.find((name) => plain(name) === plain(named)) ?? 'draft-07';
  const question = { id: `${index}|${String(fields.id ?? '')}`, dialect, old: fields.old, new: fields.new };
  return typeof fields.compatible === 'boolean' ? { ...question, compatible: fields.compatible } : question;
}

/** `draft-07` and `draft7` are one, and so are `2020-12` and `draft2020-12`. */
function plain(name: string): string {
  return name.replace(/^draft-?0?/, '');
}
