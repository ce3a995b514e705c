import type { Finding } from '../diagnostics/finding.ts';
import { fingerprint } from '../diagnostics/fingerprint.ts';
import { escaped } from '../diagnostics/json-printer.ts';
import type { PrintContext, Screen } from '../diagnostics/report.ts';
import { printFinding } from '../diagnostics/text-printer.ts';
import { visible, wrapped } from '../diagnostics/visible.ts';

/** What `tenet schema compare OLD NEW` found, before it is printed for people or for programs. */
export interface Comparison {
  readonly verdict: 'compatible' | 'incompatible' | 'unknown';
  /** The answer in a sentence. */
  readonly answer: string;
  readonly differences: readonly Difference[];
  /** What a person should know beside the verdict, a sentence each. */
  readonly notes: readonly string[];
}

/** A place where the new schema does not take what the old one gives. */
export interface Difference
  extends Required<Pick<Finding, 'at' | 'against' | 'message' | 'hint'>>,
    Pick<Finding, 'witness'> {
  /** Rule of `tenet check` that would report it; `tenet explain` takes it. */
  readonly rule: string;
  /** Of an Avro pair, as Apache names it. */
  readonly kind?: string;
  /** JSON pointer into the value. */
  readonly path: string;
}

/** Raised when a key changes its meaning or goes; new keys may appear without it. */
const jsonVersion = 1;

export type ComparisonScreen = Screen & Pick<PrintContext, 'textOf'>;

export function printComparison({ answer, differences, notes }: Comparison, screen: ComparisonScreen): string {
  const { width } = screen;
  const paragraph = (text: string): string => wrapped(visible(text), width).join('\n');
  const findings = differences.map(
    ({ rule, path, kind: _, ...finding }): Finding => ({
      ...finding,
      rule,
      severity: 'error',
      fingerprint: fingerprint({ rule, contract: '', subject: path }),
    }),
  );
  const blocks = [
    paragraph(answer),
    ...findings.map((finding) => printFinding(finding, screen)),
    ...notes.map((note) => paragraph(`Note: ${note}`)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** One object, keys in a fixed order, absent ones left out. */
export function comparisonJson({ verdict, answer, differences, notes }: Comparison): string {
  const report = {
    version: jsonVersion,
    command: 'schema compare',
    verdict,
    answer,
    differences: differences.map(({ rule, kind, path, message, at, against, witness, hint }) => ({
      rule,
      kind,
      path,
      message,
      at,
      against,
      witness: witness?.event,
      hint,
    })),
    notes,
  };
  return `${escaped(JSON.stringify(report, null, 2))}\n`;
}
