/** Where a command writes, so that tests can read it. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colour on standard output. It never carries meaning alone. */
  readonly colour: boolean;
  /** Folder that paths are relative to. */
  readonly cwd: string;
}

/** FORCE_COLOR decides, then NO_COLOR, then whether a person is looking. */
export function wantsColour(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTerminal && term !== 'dumb';
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
    cwd: process.cwd(),
  };
}
