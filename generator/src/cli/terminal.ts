/** Where a command writes, so that tests can read it. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colour on standard output. It never carries meaning alone. */
  readonly colour: boolean;
  /** Standard output turns OSC 8 into links; absent: no. */
  readonly hyperlinks?: boolean;
  /** Columns to print in; 80 where nobody says. */
  readonly width: number;
  /** Folder that `tenet` alone looks around in. */
  readonly cwd: string;
  /** What is piped in. */
  readonly input: AsyncIterable<string>;
  /** Nothing is piped in: what is read is typed by a person. */
  readonly isTyped?: boolean;
}

/** FORCE_COLOR decides, then NO_COLOR, then whether a person is looking. */
export function wantsColour(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTerminal && term !== 'dumb';
}

/**
 * FORCE_HYPERLINK decides; else a terminal that is known to make links, with a person before it. A terminal that does
 * not know them would show the address as rubbish, so those that say nothing of themselves get none.
 */
export function wantsHyperlinks(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const { FORCE_HYPERLINK: force, CI: ci, TERM: term = '', TERM_PROGRAM: program = '' } = environment;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (!isTerminal || term === 'dumb' || (ci !== undefined && ci !== '' && ci !== 'false')) return false;
  if (['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper'].includes(program)) return true;
  if (Number(environment.VTE_VERSION ?? 0) >= 5000) return true;
  return (
    Boolean(environment.WT_SESSION || environment.KITTY_WINDOW_ID || environment.KONSOLE_VERSION) ||
    term === 'xterm-kitty'
  );
}

/** The process's own streams. A reader that goes away early (`| head`) ends the process quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour: wantsColour(process.env, process.stdout.isTTY === true),
    hyperlinks: wantsHyperlinks(process.env, process.stdout.isTTY === true),
    width: Math.min(Math.max(process.stdout.columns ?? 80, 80), 120),
    cwd: process.cwd(),
    input: process.stdin.setEncoding('utf8'),
    isTyped: process.stdin.isTTY === true,
  };
}
