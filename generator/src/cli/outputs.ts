import { resolve } from 'node:path';
import { nearest } from '../diagnostics/did-you-mean.ts';
import { UsageError } from './usage-error.ts';

export const formats = ['text', 'json', 'github', 'gitlab', 'junit', 'markdown', 'sarif'] as const;

export type Format = (typeof formats)[number];

/** One `--format`: how findings are printed, and the file; standard output when there is none. */
export interface Output {
  readonly format: Format;
  readonly file?: string;
}

export const outputHelp = `how findings are printed, and to which file; may be repeated: ${formats.join(', ')}`;

/** Reads one `--format` behind those that were read before. */
export function readOutput(typed: string, before: readonly Output[]): Output[] {
  const cut = typed.indexOf('=');
  const name = cut < 0 ? typed : typed.slice(0, cut);
  const file = cut < 0 ? undefined : typed.slice(cut + 1);
  const format = formats.find((known) => known === name);
  if (format === undefined) {
    const near = nearest(name, formats);
    throw new UsageError(
      `there is no format \`${name}\`.`,
      near === undefined ? `formats are ${formats.join(', ')}` : `did you mean \`${near}\`?`,
    );
  }
  if (file?.trim() === '')
    throw new UsageError(`\`--format ${name}=\` names no file.`, `for example \`--format ${name}=report.txt\``);
  if (file === undefined && before.some((output) => output.file === undefined)) {
    throw new UsageError(
      'standard output takes one format.',
      `give the others a file: \`--format ${name}=report.txt\``,
    );
  }
  if (
    before.some((output) => output.file !== undefined && file !== undefined && resolve(output.file) === resolve(file))
  )
    throw new UsageError(`two formats cannot be written to one file, \`${file}\`.`);
  return [...before, { format, ...(file === undefined ? {} : { file }) }];
}
