import { appendFileSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { everyExplainedRule } from '../checker/catalogue.ts';
import { printGithub } from '../diagnostics/github-printer.ts';
import { printGitlab } from '../diagnostics/gitlab-printer.ts';
import { printCheckJson } from '../diagnostics/json-printer.ts';
import { printJunit } from '../diagnostics/junit-printer.ts';
import { printMarkdown } from '../diagnostics/markdown-printer.ts';
import type { CheckReport, PrintContext, Printer } from '../diagnostics/report.ts';
import { printSarif } from '../diagnostics/sarif-printer.ts';
import { printCheck } from './check-screen.ts';
import type { Format, Output } from './outputs.ts';
import { repositoryPaths } from './repository-path.ts';
import { screenOf } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { CannotDo } from './usage-error.ts';
import { version } from './version.ts';

const printers: Readonly<Record<Format, Printer>> = {
  text: printCheck,
  json: printCheckJson,
  github: printGithub,
  gitlab: printGitlab,
  junit: printJunit,
  markdown: printMarkdown,
  sarif: printSarif,
};

/** A file is written whole or not at all; in it nothing is coloured. */
const onPaper: PrintContext['screen'] = { colour: false, width: 80 };

/**
 * Prints the report on standard output, as text unless one of the outputs says otherwise, and then into the files.
 * With `github`, the page of the job gets the report too. Throws `CannotDo` for a file that cannot be written.
 */
export function writeReport(
  report: CheckReport,
  outputs: readonly Output[],
  textOf: PrintContext['textOf'],
  terminal: Terminal,
): void {
  const rules = new Map(everyExplainedRule.map((rule) => [rule.id, rule]));
  const screen = screenOf(terminal);
  const repositoryPath = repositoryPaths(process.env);
  const context: PrintContext = { textOf, repositoryPath, ruleOf: (id) => rules.get(id), version, screen };
  const shown = outputs.find(({ file }) => file === undefined)?.format ?? 'text';
  terminal.out(printers[shown](report, context));
  if (outputs.some(({ format }) => format === 'github')) addToJobPage(report, context, terminal);
  for (const { format, file } of outputs) {
    if (file !== undefined) writeWhole(file, printers[format](report, { ...context, screen: onPaper }));
  }
}

/** GitHub refuses a larger summary of a step. */
const largestSummary = 1024 * 1024;

/** What is shown on the page is a copy: where it cannot be written, the log still has everything. */
function addToJobPage(report: CheckReport, context: PrintContext, terminal: Terminal): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    const taken = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const page = printMarkdown(report, context, largestSummary - taken);
    if (Buffer.byteLength(page) <= largestSummary - taken) appendFileSync(file, page);
    else terminal.err('tenet: the summary of the job was not written: it is full.\n');
  } catch (error) {
    terminal.err(`tenet: the summary of the job was not written: ${reasonOf(error, file)}.\n`);
  }
}

function writeWhole(file: string, text: string): void {
  const found = statSync(resolve(file), { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new CannotDo(`\`${file}\` is a folder, and a report is a file.`);
  const target = found ? realpathSync(file) : resolve(file);
  const waiting = `${target}.tenet-writing`;
  try {
    // A pipe or a device is written to; it must not be replaced by a file.
    const isPlain = found === undefined || found.isFile();
    writeFileSync(isPlain ? waiting : target, text);
    if (isPlain) renameSync(waiting, target);
  } catch (error) {
    if (existsSync(waiting)) rmSync(waiting);
    throw new CannotDo(`\`${file}\` cannot be written: ${reasonOf(error, file)}.`);
  }
}

function reasonOf(error: unknown, file: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no folder \`${dirname(file)}\``;
  if (code === 'ENOTDIR') return `\`${dirname(file)}\` is no folder`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'it is not permitted';
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
