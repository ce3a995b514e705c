import { changesEffect } from '../effect.ts';
import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { nextMinor, versionStep } from '../versions.ts';

/** What these take away, a new major does not give back: they want the teams that they hit, and no other version. */
const aboutWho = ['promise/consumer-removed', 'promise/contract-withdrawn', 'promise/removal-brought-forward'];

export const versionBumpTooSmall: PromiseRule = {
  id: 'promise/version-bump-too-small',
  severity: 'error',
  summary: 'The version says what the change means: patch no effect, minor compatible, major a new file.',
  why: 'People read the version before they read the diff. A patch that changes a promise, or a minor that breaks one, is believed to be harmless and deployed as such.',
  mirror: { harmless: 'a step that is larger than needed makes readers look, no more' },
  *check({ before, after }, _sets, standing) {
    const step = versionStep(before.version, after.version);
    // What an overlay of `tenet.yaml` changes is in no file of the contract.
    const workspace = after.source.locate(['environments']).path;
    const breaking = standing.some(({ rule, at }) => at.path !== workspace && !aboutWho.includes(rule));
    if (step === 'none' || (!breaking && (step !== 'patch' || !changesEffect(before, after)))) return;
    yield {
      ...field(after, ['version']),
      against: stood(before, ['version'], `was ${before.version}`),
      message: breaking
        ? `A breaking change is a new major in a new file, not ${after.version}.`
        : `The change has an effect, so it is a minor and not the patch ${after.version}.`,
      consumers: affected(before),
      hint: breaking
        ? `copy the contract to \`v${after.major + 1}.yaml\` with version ${after.major + 1}.0.0 and a topic of its own, or undo what breaks`
        : `make it ${nextMinor(before.version)}`,
    };
  },
};
