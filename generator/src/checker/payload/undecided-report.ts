import type { AffectedConsumer } from '../../diagnostics/finding.ts';
import type { Contract } from '../../model/contract.ts';
import { stood } from '../places.ts';
import { undecided } from './catalogue.ts';
import type { PayloadReport } from './payload-report.ts';

/** What nobody knows of two payloads, with a way to find out or around it. */
export function undecidedReport(
  before: Contract,
  after: Contract,
  said: { readonly message: string; readonly consumers: readonly AffectedConsumer[]; readonly hint: string },
): PayloadReport {
  return {
    ...said,
    entry: undecided,
    at: after.source.locate(['schema']),
    subject: '/schema',
    against: stood(before, ['schema'], `was ${before.version}`),
  };
}
