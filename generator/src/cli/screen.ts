import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Screen } from '../diagnostics/report.ts';
import type { Terminal } from './terminal.ts';

/** What findings may use on this terminal. Links lead to files that are here; those of a Git tree are not. */
export function screenOf({ colour, width, hyperlinks }: Terminal): Screen {
  return { colour, width, ...(hyperlinks ? { linkOf: fileAddress } : {}) };
}

function fileAddress(path: string): string | undefined {
  const file = resolve(path);
  return existsSync(file) ? pathToFileURL(file).href : undefined;
}
