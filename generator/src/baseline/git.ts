import { spawnSync } from 'node:child_process';

const mostOutput = 1024 * 1024 * 1024;

/** Older versions of Git do not know GIT_NO_LAZY_FETCH; without a transport they cannot fetch either. */
const settings = ['-c', 'core.quotePath=false', '-c', 'protocol.allow=never'];

export interface GitAnswer {
  readonly status: number | null;
  /** Git itself is not there. */
  readonly missing: boolean;
  readonly output: Buffer;
  readonly error: string;
  text(): string;
}

/** Never a shell, never a prompt, never a fetch behind our back, and the words of Git in English. */
export function git(folder: string, options: readonly string[], input?: string): GitAnswer {
  const run = spawnSync('git', ['-C', folder, ...settings, ...options], {
    maxBuffer: mostOutput,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: gitEnvironment(process.env),
    ...(input === undefined ? {} : { input }),
  });
  const isMissing = run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT';
  // Without Git there is no output at all, whatever the types say.
  const output: Buffer | null = run.stdout;
  const error: Buffer | null = run.stderr;
  return {
    status: run.status,
    missing: isMissing,
    output: output ?? Buffer.alloc(0),
    error: error?.toString('utf8') ?? '',
    text: () => output?.toString('utf8') ?? '',
  };
}

/**
 * The repository is the one that the folder is in, also below a hook of another one, whose variables would win over
 * the folder. Names of files are names and no patterns.
 */
function gitEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _directory,
    GIT_WORK_TREE: _tree,
    GIT_INDEX_FILE: _index,
    GIT_PREFIX: _prefix,
    GIT_COMMON_DIR: _common,
    GIT_NAMESPACE: _namespace,
    ...rest
  } = own;
  return {
    ...rest,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
  };
}

/** The working tree that a folder is in, its links followed; undefined outside of one or without Git. */
export function repositoryRoot(folder: string): string | undefined {
  const top = git(folder, ['rev-parse', '--show-toplevel']);
  return top.status === 0 ? top.text().replace(/\n$/, '') : undefined;
}
