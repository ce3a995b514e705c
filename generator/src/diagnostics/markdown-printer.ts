import type { AgainstPosition, Finding, Witness } from './finding.ts';
import {
  capitalised,
  captionWords,
  consequences,
  counted,
  countFindings,
  eventLines,
  permitWords,
  treeAndFile,
} from './finding-words.ts';
import { code, codeBlock, join, type Markdown, markdown, prose, text } from './markdown.ts';
import {
  type CheckReport,
  type ContractSection,
  contractTitle,
  countReport,
  findingsOf,
  type PrintContext,
  permissionWords,
  permittedOf,
} from './report.ts';

/** GitHub refuses a longer comment; it counts characters, of which no text has more than bytes. */
export const longestComment = 65_536;

/**
 * The comment under a pull request: the answer, what loosens the gate, contract by contract what breaks and whom it
 * hits, the changes that break nobody, the count. What does not fit into `bytes` of UTF-8 is left out by whole
 * findings, and said.
 */
export function printMarkdown(report: CheckReport, context: PrintContext, bytes = longestComment): string {
  const blocks = [...looseningBlocks(report, context), ...generalBlocks(report, context)];
  for (const section of report.contracts) blocks.push(...contractBlocks(section, context));
  const first = answer(report);
  const last = prose(countReport(report).join(' · '));
  const kept = blocks.slice(0, fitting(blocks, bytes - sizeOf(first) - sizeOf(last) - roomForNotice));
  const left = blocks.slice(kept.length);
  const notice = left.length === 0 ? [] : [leftOut(left, report)];
  return `${[first, ...kept.map(({ words }) => words), ...notice, markdown`---`, last].join('\n\n')}\n`;
}

/** What is kept or left out as a whole. */
interface Block {
  readonly words: Markdown;
  readonly findings: readonly Finding[];
}

/** Bytes for the sentence that says what was left out, and the rule below it. */
const roomForNotice = 400;

/** How many of the blocks, from the first, fit into the bytes. */
function fitting(blocks: readonly Block[], bytes: number): number {
  let free = bytes;
  const stop = blocks.findIndex(({ words }) => {
    free -= sizeOf(words) + 2;
    return free < 0;
  });
  return stop < 0 ? blocks.length : stop;
}

function sizeOf(words: string): number {
  return Buffer.byteLength(words, 'utf8');
}

function leftOut(left: readonly Block[], { against }: CheckReport): Markdown {
  const findings = left.flatMap((block) => block.findings);
  const what = findings.length === 0 ? counted(left.length, 'contract') : countFindings(findings);
  const command = against === undefined || against.length > 100 ? 'tenet check' : `tenet check --against ${against}`;
  return markdown`**Left out here for want of room:** ${text(what)}. ${code(command)} prints all.`;
}

function answer(report: CheckReport): Markdown {
  const findings = findingsOf(report);
  const found = text(countFindings(findings));
  const { against, comparedWith, complete, nothingBefore } = report;
  const compared =
    against === undefined
      ? markdown`Event contracts, as they stand.`
      : nothingBefore
        ? markdown`Event contracts. There were none at ${code(against)} to compare with.`
        : markdown`Event contracts, compared with ${comparedWith === undefined ? code(against) : prose(comparedWith)}.`;
  const heading = complete
    ? findings.some(({ severity }) => severity === 'error')
      ? markdown`## ✗ Blocked: ${found}`
      : markdown`## ✓ Passed: ${found}`
    : markdown`## ✗ Not checked: the contracts could not all be read (${found})`;
  return markdown`${heading}\n\n${compared}`;
}

function looseningBlocks(report: CheckReport, context: PrintContext): readonly Block[] {
  const findings = report.contracts.flatMap(({ loosening }) => loosening);
  const blocks = [
    ...findings.map((finding) => findingBlock(finding, context)),
    ...permittedOf(report).map((permitted): Block => {
      const { rule } = permitted.finding;
      const signed = permissionWords(permitted).map((words) => markdown`- signed by ${prose(words)}`);
      const head = markdown`**permitted** ${code(rule)} · ${placeOf(permitted.finding, context)}`;
      return {
        words: join([head, prose(permitted.finding.message), join(signed, '\n')], '\n\n'),
        findings: [],
      };
    }),
  ];
  return headed(markdown`### The gate is loosened`, blocks);
}

function generalBlocks({ general }: CheckReport, context: PrintContext): readonly Block[] {
  return headed(
    markdown`### The workspace`,
    general.map((finding) => findingBlock(finding, context)),
  );
}

function contractBlocks(section: ContractSection, context: PrintContext): readonly Block[] {
  const { compatible, findings, path, state } = section;
  const words = compatible.map((line) => markdown`- ${prose(line)}`);
  const blocks = [
    ...findings.map((finding) => findingBlock(finding, context)),
    ...(words.length === 0 ? [] : [{ words: markdown`Breaks nobody:\n\n${join(words, '\n')}`, findings: [] }]),
  ];
  if (blocks.length === 0 && state === 'unchanged') return [];
  const heading = markdown`### ${prose(contractTitle(section))}\n\n${code(context.repositoryPath(path))}`;
  return headed(heading, blocks.length === 0 ? [{ words: markdown`Nothing to say.`, findings: [] }] : blocks);
}

/** The heading stays with the first block. */
function headed(heading: Markdown, blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) =>
    index === 0 ? { ...block, words: markdown`${heading}\n\n${block.words}` } : block,
  );
}

function findingBlock(finding: Finding, context: PrintContext): Block {
  const { against, message, rule, severity, witness } = finding;
  const parts = [
    markdown`**${text(severity)}** ${code(rule)} · ${placeOf(finding, context)}`,
    prose(message),
    ...(against === undefined ? [] : [stoodThere(finding, against, context)]),
    ...(witness === undefined ? [] : [witnessOf(witness)]),
  ];
  const permit = permitWords(finding);
  const below = [...consequences(finding), ...(permit === undefined ? [] : [['permit', permit] as const])].map(
    ([label, words]) => markdown`- **${text(label)}** ${prose(words)}`,
  );
  if (below.length > 0) parts.push(join(below, '\n'));
  return { words: join(parts, '\n\n'), findings: [finding] };
}

function placeOf({ at }: Finding, { repositoryPath }: PrintContext): Markdown {
  return code(`${repositoryPath(at.path)}:${at.line}:${at.column}`);
}

function stoodThere(finding: Finding, against: AgainstPosition, { repositoryPath }: PrintContext): Markdown {
  const { line, path, unwritten, was } = against;
  const { tree } = treeAndFile(path);
  const file = repositoryPath(path);
  const isHere = file === repositoryPath(finding.at.path);
  const places = [
    ...(tree === undefined ? [] : [code(tree)]),
    ...(isHere || unwritten ? [] : [code(`${file}:${line}`)]),
    ...(isHere && !unwritten ? [markdown`line ${text(String(line))}`] : []),
  ];
  const words = prose(was.startsWith('was ') ? capitalised(was) : was);
  return places.length === 0 ? markdown`${words}.` : markdown`${words} at ${join(places, ', ')}.`;
}

function witnessOf(witness: Witness): Markdown {
  return markdown`${prose(captionWords(witness))}:\n\n${codeBlock('json', eventLines(witness.event, 100).join('\n'))}`;
}
