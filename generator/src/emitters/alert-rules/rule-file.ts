/** Alerts as a file of Prometheus rules, and as the promtool tests that ship with it. */
import type { Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import type { Alert } from './alert.ts';
import { graphsHeading, runbookHeading, sectionUrl } from './runbook-heading.ts';
import { inert, shownAs, templateOf } from './sentence.ts';

type Texts = Readonly<Record<string, string>>;

function mapped(texts: Texts, change: (text: string) => string): Texts {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, change(text)]));
}

/** Labels as they are once an alert fires. */
function staticLabels(alert: Alert): Texts {
  return { severity: alert.severity, team: alert.team, ...alert.labels };
}

/** Annotations that are the same each time. */
function fixedAnnotations(set: ContractSet, contract: Contract, alert: Alert): Texts {
  return {
    runbook_url: sectionUrl(set, contract, runbookHeading(alert)),
    dashboard_url: sectionUrl(set, contract, graphsHeading(alert)),
  };
}

export function ruleFile(set: ContractSet, contract: Contract, group: string, alerts: readonly Alert[]): unknown {
  const rules = alerts.map((alert) => ({
    alert: alert.name,
    expr: alert.expression.text,
    for: `${alert.forMinutes}m`,
    // On each rule, not on the group: Prometheus before 3 knows no labels of groups.
    labels: mapped(staticLabels(alert), inert),
    annotations: {
      summary: inert(alert.summary),
      description: templateOf(alert.description),
      ...mapped(fixedAnnotations(set, contract, alert), inert),
    },
  }));
  return { groups: [{ name: group, rules }] };
}

/** Tests of the rules in `rulesPath`, which is relative to the file of the tests. */
export function ruleTests(set: ContractSet, contract: Contract, rulesPath: string, alerts: readonly Alert[]): unknown {
  const tests = alerts.flatMap((alert) =>
    alert.tests.map((test) => ({
      name: `${alert.name}: ${test.name}`,
      interval: '1m',
      input_series: test.input,
      alert_rule_test: test.checks.map(({ at, fires }) => ({
        eval_time: `${at}m`,
        alertname: alert.name,
        exp_alerts:
          fires === undefined
            ? []
            : [
                {
                  exp_labels: { ...(fires.labels ?? alert.seriesLabels), ...staticLabels(alert) },
                  exp_annotations: {
                    summary: alert.summary,
                    description: shownAs(alert.description, fires.shows),
                    ...fixedAnnotations(set, contract, alert),
                  },
                },
              ],
      })),
    })),
  );
  return { rule_files: [rulesPath], evaluation_interval: '1m', tests };
}
