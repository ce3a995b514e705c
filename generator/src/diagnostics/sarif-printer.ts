import type { AffectedConsumer, Finding, Position } from './finding.ts';
import { capitalised, captionWords, consequences, flatEventLines, treeAndFile } from './finding-words.ts';
import { escaped } from './json-printer.ts';
import { codeBlock, join, markdown, prose, text } from './markdown.ts';
import { bySeverity } from './order.ts';
import {
  type CheckReport,
  findingsOf,
  type Permission,
  type PermittedFinding,
  type PrintContext,
  permissionWords,
  permittedOf,
} from './report.ts';
import type { RuleText } from './rule-text.ts';
import { visible } from './visible.ts';

/** GitHub refuses a file with more results; the gravest are kept. */
const mostResults = 25_000;

/**
 * A SARIF 2.1.0 log with one run. What exceptions permit is a result with a suppression, and comes first; what loosens
 * the gate follows.
 */
export function printSarif(report: CheckReport, context: PrintContext): string {
  const { version } = context;
  const all = [...permittedOf(report), ...findingsOf(report).map((finding): PermittedFinding => ({ finding, by: [] }))];
  const kept =
    all.length <= mostResults ? all : bySeverity(all, ({ finding }) => finding.severity).slice(0, mostResults);
  const ids = [...new Set(kept.map(({ finding }) => finding.rule))];
  const isClean = !findingsOf(report).some(({ severity }) => severity === 'error');
  const left = all.length - kept.length;
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Tenet', version, semanticVersion: version, rules: ids.map((id) => descriptor(id, context)) },
        },
        invocations: [
          {
            executionSuccessful: report.complete,
            exitCode: isClean ? 0 : 100,
            exitCodeDescription: isClean ? 'clean' : 'findings',
            ...(left === 0 ? {} : { toolExecutionNotifications: [cutNotice(left)] }),
          },
        ],
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The top of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: kept.map((one) => result(one, ids.indexOf(one.finding.rule), context)),
      },
    ],
  };
  return `${escaped(JSON.stringify(log, null, 2))}\n`;
}

function cutNotice(left: number): object {
  return { level: 'warning', message: { text: `${left} more results were left out: run \`tenet check\` to see all.` } };
}

function descriptor(id: string, { ruleOf }: PrintContext): object {
  const rule: RuleText = ruleOf(id) ?? { id, severity: 'error', summary: id, why: id };
  const help = `${rule.summary}\n\n${rule.why}`;
  return {
    id,
    shortDescription: { text: plain(rule.summary) },
    fullDescription: { text: plain(rule.why) },
    help: { text: plain(help), markdown: plain(help) },
    defaultConfiguration: { level: rule.severity },
    properties: { tags: ['event-contracts', id.slice(0, id.indexOf('/'))] },
  };
}

function result({ finding, by }: PermittedFinding, ruleIndex: number, context: PrintContext): object {
  const { against, at, contract, fingerprint, rule, severity } = finding;
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: messageText(finding, by), markdown: messageMarkdown(finding, by) },
    locations: [
      {
        physicalLocation: physical(at, context),
        ...(contract === undefined
          ? {}
          : { logicalLocations: [{ name: visible(contract), fullyQualifiedName: visible(contract), kind: 'module' }] }),
      },
    ],
    ...(against === undefined
      ? {}
      : {
          relatedLocations: [
            {
              id: 0,
              physicalLocation: physical(against, context),
              message: { text: plain(`${against.was} at ${treeAndFile(against.path).tree ?? against.path}`) },
            },
          ],
        }),
    partialFingerprints: { 'tenetFinding/v1': fingerprint },
    ...(by.length === 0
      ? {}
      : {
          suppressions: by.map((permission) => ({
            kind: 'external',
            status: 'accepted',
            justification: visible(permissionWords({ finding, by: [permission] }).join()),
          })),
        }),
    properties: properties(finding),
  };
}

function properties({ consumers, witness }: Finding): object {
  return {
    ...(consumers === undefined ? {} : { consumers: consumers.map((one): AffectedConsumer => ({ ...one })) }),
    ...(witness === undefined ? {} : { witness: { ...witness } }),
  };
}

function physical(position: Position, { repositoryPath }: PrintContext): object {
  const { path, line, column, endLine = line, endColumn = column + 1 } = position;
  const uri = repositoryPath(path).toWellFormed().split('/').map(encodeURIComponent).join('/');
  return {
    artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

/** Sentences on a line each; GitHub shows the first where there is little room. */
function messageText(finding: Finding, by: readonly Permission[]): string {
  const { message, witness } = finding;
  const event = witness === undefined ? [] : [`${captionWords(witness)}: ${flatEventLines(witness.event).join(', ')}`];
  const lines = [
    message,
    ...event,
    ...consequences(finding).map(([label, words]) => `${capitalised(label)}: ${words}`),
  ];
  return [...permissionWords({ finding, by }).map((words) => `Permitted by ${words}`), ...lines].map(plain).join('\n');
}

function messageMarkdown(finding: Finding, by: readonly Permission[]): string {
  const { witness } = finding;
  const blocks = [
    ...permissionWords({ finding, by }).map((words) => markdown`Permitted by ${prose(words)}`),
    prose(finding.message),
    ...(witness === undefined
      ? []
      : [
          markdown`${prose(captionWords(witness))}:`,
          codeBlock('text', flatEventLines(witness.event).map(visible).join('\n')),
        ]),
    join(
      consequences(finding).map(([label, words]) => markdown`- **${text(label)}** ${prose(words)}`),
      '\n',
    ),
  ];
  return literal(blocks.filter((block) => block !== '').join('\n\n'));
}

function plain(words: string): string {
  return literal(words.split('\n').map(visible).join('\n')).replace(/\[(?=[^\]]*\]\()/g, '\\[');
}

/** Braces stand for arguments of a message, unless they are doubled. */
function literal(words: string): string {
  return words.replace(/[{}]/g, '$&$&');
}
