/** A change that a CI system asks about. */
export interface PullRequest {
  /** What told so, for people: `GITHUB_BASE_REF`. */
  readonly variable: string;
  /** The branch that it goes into, as its remote calls it. */
  readonly branch: string;
  /** Where the change left it, by the CI system; for a clone that lacks the branch. */
  readonly commit?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface System {
  /** The branch that a pull request goes into. */
  readonly branch: string;
  readonly commit?: string;
  /** The variable of the branch is set for other builds as well: it is a pull request when this one matches. */
  readonly when?: readonly [variable: string, matches: RegExp];
}

/** What CI systems call the target of a pull request. */
const systems: readonly System[] = [
  // GitHub Actions, Gitea, Forgejo
  { branch: 'GITHUB_BASE_REF' },
  { branch: 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME', commit: 'CI_MERGE_REQUEST_DIFF_BASE_SHA' },
  { branch: 'BITBUCKET_PR_DESTINATION_BRANCH', commit: 'BITBUCKET_PR_DESTINATION_COMMIT' },
  // Azure Pipelines
  { branch: 'SYSTEM_PULLREQUEST_TARGETBRANCH' },
  // Jenkins, multibranch
  { branch: 'CHANGE_TARGET' },
  { branch: 'BUILDKITE_PULL_REQUEST_BASE_BRANCH', when: ['BUILDKITE_PULL_REQUEST', /^\d+$/] },
  // Woodpecker
  { branch: 'CI_COMMIT_TARGET_BRANCH' },
  { branch: 'DRONE_TARGET_BRANCH', when: ['DRONE_PULL_REQUEST', /^\d+$/] },
  { branch: 'TRAVIS_BRANCH', when: ['TRAVIS_PULL_REQUEST', /^\d+$/] },
  { branch: 'APPVEYOR_REPO_BRANCH', when: ['APPVEYOR_PULL_REQUEST_NUMBER', /^\d+$/] },
  { branch: 'CIRRUS_BASE_BRANCH' },
];

/** The pull request that a build is for; undefined for any other build, and where nobody builds. */
export function pullRequestOf(environment: Environment): PullRequest | undefined {
  const queue = mergeQueue(environment);
  if (queue !== undefined) return queue;
  for (const { branch, commit, when } of systems) {
    const name = environment[branch]?.replace(/^refs\/heads\//, '') ?? '';
    if (name === '' || (when !== undefined && !when[1].test(environment[when[0]] ?? ''))) continue;
    const base = commit === undefined ? undefined : environment[commit];
    return { variable: branch, branch: name, ...(base ? { commit: base } : {}) };
  }
  return undefined;
}

/** GitHub names the branch of a merge queue after the branch and the commit that it goes onto. */
function mergeQueue({ GITHUB_REF: ref = '' }: Environment): PullRequest | undefined {
  const [, branch, commit] = /^refs\/heads\/gh-readonly-queue\/(.+)\/pr-\d+-([0-9a-f]{40})$/.exec(ref) ?? [];
  return branch === undefined || commit === undefined ? undefined : { variable: 'GITHUB_REF', branch, commit };
}
