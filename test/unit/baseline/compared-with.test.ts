/** What `--against` stands for, and what a CI system asks for without it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pullRequestOf } from '../../../generator/src/baseline/pull-request.ts';
import { tenet } from '../cli/a-workspace.ts';
import { aFolder, contract, gitAt, MainLine } from './a-main-line.ts';

const other = contract.replace('order-placed', 'order-paid');

/** A branch that changed a contract, and `main`, on which another one has landed meanwhile. */
function leftBehind(): MainLine {
  const line = new MainLine();
  line.land(1);
  line.git('checkout', '-q', '-b', 'feature');
  line.land(2, ['description: An order', 'description: Some order'], ['version: 1.0.0', 'version: 1.0.1']);
  line.git('checkout', '-q', 'main');
  line.write(other, line.read(contract).replace('orders.order-placed', 'orders.order-paid'));
  line.land(3);
  line.git('checkout', '-q', 'feature');
  return line;
}

const short = (line: MainLine, name: string) => line.git('rev-parse', `${name}^{commit}`).slice(0, 10);

describe('a branch is compared from where HEAD left it', () => {
  test('what landed there since is not taken for deleted, and the report says so', async () => {
    const line = leftBehind();
    const base = short(line, 'feature~1');
    expect(await line.check(4)).toEqual({
      code: 0,
      findings: [],
      comparedWith: `${base}, where HEAD left main (1 commit has landed there since)`,
    });
    const { out } = tenet(line.folder, ['check', '--against', 'main']);
    expect(out).toContain(`\n\ncompared with ${base}, where HEAD left main (1 commit has landed there since)\n\n`);
  });

  test.each(['main^{commit}', 'main~0', 'released', 'annotated', 'a hash'])('%s is taken as it is', async (named) => {
    const line = leftBehind();
    line.git('tag', 'released', 'main');
    line.git('tag', '-a', 'annotated', '-m', 'x', 'main');
    const { findings, comparedWith } = await line.check(
      4,
      named === 'a hash' ? line.git('rev-parse', 'main').trim() : named,
    );
    expect(findings.map(({ rule, contract: of }) => [rule, of])).toEqual([
      ['promise/contract-deleted', 'orders.order-paid'],
    ]);
    expect(comparedWith).toBeUndefined();
  });

  test('a name that HEAD has not left is that itself: HEAD, an ancestor, a branch that was merged again', async () => {
    const line = leftBehind();
    expect((await line.check(4, 'HEAD')).comparedWith).toBeUndefined();
    line.git('branch', 'older', 'feature~1');
    expect((await line.check(4, 'older')).comparedWith).toBeUndefined();
    line.git('merge', '-q', 'main');
    expect(await line.check(4)).toMatchObject({ code: 0, findings: [], comparedWith: undefined });
  });

  test('the merge of a pull request, checked out without a branch, has the target as its first parent', async () => {
    const line = leftBehind();
    line.git('checkout', '-q', '--detach', 'main');
    line.git('merge', '-q', 'feature');
    expect(await line.check(4)).toMatchObject({ code: 0, findings: [], comparedWith: undefined });
  });

  test('what was just fetched is a branch too', async () => {
    const line = leftBehind();
    line.git('fetch', '-q', '.', 'main');
    expect((await line.check(4, 'FETCH_HEAD')).comparedWith).toContain('where HEAD left FETCH_HEAD');
  });

  test('histories that have nothing in common', () => {
    const line = leftBehind();
    line.git('checkout', '-q', '--orphan', 'alone');
    line.git('commit', '-q', '-m', 'alone');
    expect(tenet(line.folder, ['check', '--against', 'main'])).toEqual({
      code: 1,
      out: '',
      err: "tenet: There is nothing to compare with: HEAD and `main` have no commit in common.\n  To compare with the branch as it is now: `--against 'main^{commit}'`.\n",
    });
    expect(tenet(line.folder, ['check', '--against', 'main^{commit}']).code).toBe(100);
  });

  test('a clone that does not reach back so far', () => {
    const line = leftBehind();
    const clone = join(aFolder(), 'clone');
    const url = `file://${line.folder}`;
    gitAt(
      undefined,
      line.folder,
      'clone',
      '-q',
      '--depth',
      '1',
      '--no-single-branch',
      '--branch',
      'feature',
      url,
      clone,
    );
    expect(tenet(clone, ['check', '--against', 'origin/main'])).toEqual({
      code: 1,
      out: '',
      err: 'tenet: There is nothing to compare with: this clone is shallow and does not reach back to where HEAD left `origin/main`.\n  Fetch the whole history: `git fetch --unshallow`; in CI `fetch-depth: 0`; or deepen it: `git fetch --deepen 100`.\n',
    });
    gitAt(undefined, clone, 'fetch', '-q', '--deepen', '100');
    expect(tenet(clone, ['check', '--against', 'origin/main']).code).toBe(0);
  });
});

describe('in a pull request', () => {
  /** What a CI system checks out: a clone, the branch of the change, and the target as a branch of the remote. */
  function build(): string {
    const clone = join(aFolder(), 'clone');
    const line = leftBehind();
    gitAt(undefined, line.folder, 'clone', '-q', '--branch', 'feature', line.folder, clone);
    return clone;
  }

  test('its target is compared with by itself, and the report says with what and why', () => {
    const clone = build();
    const base = gitAt(undefined, clone, 'rev-parse', 'HEAD~1').slice(0, 10);
    const { code, out } = tenet(clone, ['check'], { GITHUB_BASE_REF: 'main' });
    expect(code).toBe(0);
    expect(out.slice(out.indexOf('\n\ncompared'))).toBe(`

compared with ${base}, where HEAD left origin/main (1 commit has landed there
since), as GITHUB_BASE_REF asks

no findings in 1 contract · 0 unchanged · 0.0 s
`);
  });

  test('`--against` and `--no-against` have the last word', () => {
    const clone = build();
    const inPullRequest = { GITHUB_BASE_REF: 'main' };
    expect(tenet(clone, ['check', '--against', 'HEAD'], inPullRequest).out).toBe(
      'no findings in 1 contract · 1 unchanged · 0.0 s\n',
    );
    expect(tenet(clone, ['check', '--no-against'], inPullRequest).out).toBe('no findings in 1 contract · 0.0 s\n');
  });

  test('a target that the clone lacks is no reason to compare with nothing', () => {
    const clone = build();
    expect(tenet(clone, ['check'], { GITHUB_BASE_REF: 'release/4' })).toEqual({
      code: 1,
      out: '',
      err: 'tenet: There is nothing to compare with: there is no commit, branch or tag `origin/release/4` here.\n  Fetch it: `git fetch origin release/4`.\n  GITHUB_BASE_REF says that this is a pull request; `--no-against` judges the contracts alone\n',
    });
  });

  test('without the branch, the commit that the CI system names', () => {
    const clone = build();
    const base = gitAt(undefined, clone, 'rev-parse', 'HEAD~1').trim();
    const variables = { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'gone', CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
    const { out } = tenet(clone, ['check'], variables);
    expect(out).toContain(`compared with ${base.slice(0, 10)}, as CI_MERGE_REQUEST_TARGET_BRANCH_NAME asks`);
  });

  const queued = `refs/heads/gh-readonly-queue/main/pr-7-${'a'.repeat(40)}`;
  test.each<[system: string, variables: Record<string, string>, branch: string | undefined]>([
    ['GitHub Actions', { GITHUB_BASE_REF: 'release/4' }, 'release/4'],
    ['GitHub Actions, on a push', { GITHUB_BASE_REF: '', GITHUB_REF: 'refs/heads/main' }, undefined],
    ['GitHub’s merge queue', { GITHUB_REF: queued }, 'main'],
    ['GitLab', { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' }, 'main'],
    ['Bitbucket', { BITBUCKET_PR_DESTINATION_BRANCH: 'main' }, 'main'],
    ['Azure Pipelines', { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main' }, 'main'],
    ['Jenkins', { CHANGE_TARGET: 'main' }, 'main'],
    ['Buildkite', { BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main' }, 'main'],
    ['Buildkite, on a push', { BUILDKITE_PULL_REQUEST: 'false', BUILDKITE_PULL_REQUEST_BASE_BRANCH: '' }, undefined],
    ['Woodpecker', { CI_COMMIT_TARGET_BRANCH: 'main' }, 'main'],
    ['Drone', { DRONE_PULL_REQUEST: '7', DRONE_TARGET_BRANCH: 'main' }, 'main'],
    ['Drone, on a push', { DRONE_TARGET_BRANCH: 'main' }, undefined],
    ['Travis', { TRAVIS_PULL_REQUEST: '7', TRAVIS_BRANCH: 'main' }, 'main'],
    ['Travis, on a push', { TRAVIS_PULL_REQUEST: 'false', TRAVIS_BRANCH: 'main' }, undefined],
    ['AppVeyor', { APPVEYOR_PULL_REQUEST_NUMBER: '7', APPVEYOR_REPO_BRANCH: 'main' }, 'main'],
    ['Cirrus', { CIRRUS_BASE_BRANCH: 'main' }, 'main'],
    ['a person', {}, undefined],
  ])('%s', (_, variables, branch) => {
    expect(pullRequestOf(variables)?.branch).toBe(branch);
  });
});
