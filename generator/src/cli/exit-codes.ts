/** How a command ends. Findings are kept apart from failures, so that a pipeline can tell "no" from "do not know". */
export const exitCodes = { clean: 0, failure: 1, usage: 2, findings: 100 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The paragraph at the end of every `--help`. */
export const exitCodesHelp = `
Exit codes:
  0    clean
  100  findings: what was asked about is not in order
  1    failure: the question could not be answered
  2    usage: the command was not understood`;
