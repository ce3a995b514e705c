/**
 * The sentences of the protocol that the model leans on. Each can be broken on its own: the model then does what the
 * sentence forbids, and the search has to find what that costs.
 */
export const rules = {
  'generation-in-row': 'The epoch row keeps the generation; an older one cannot raise over it.',
  'equal-generation-asks': 'Raising over another member of the same generation needs its confirmation by the group.',
  'kept-without-a-gap': 'A partition is kept only through consecutive generations; after a gap it is taken over.',
  'epoch-before-lines': 'A new owner raises the epoch before it reads the lines.',
  'lines-under-epoch': 'Reading the lines fails unless the epoch is still ours.',
  'offset-after-epoch': 'A new owner raises the epoch before it reads offset and metadata.',
  'one-attempt': 'A commit is one attempt under the generation of its call, never repeated under the next.',
  'acknowledged-before-passed': 'A dead letter is passed when its evidence is acknowledged, not when it is sent.',
  'frontier-contiguous': 'The frontier is the lowest record that is not passed.',
  'drop-highest': 'Completed offsets that do not fit are dropped from the highest down.',
  'closed-per-key': 'A completed offset is remembered only when no lower one of its key is still to be passed.',
  'lane-per-key': 'Only the head of a lane starts.',
  'lane-outlives-epoch': 'A handler that outlives its epoch still holds back its key in its process.',
  'result-under-epoch': 'A result counts only under the epoch in which its run began.',
  'fetched-before-start': 'A row starts only when the fetch position has passed its offset.',
  'dead-holds-key': 'Under `wait` nothing of a key starts while its head is dead.',
  'row-before-evidence': 'Under `wait` the row is written before the evidence.',
  'evidence-before-dead': 'A row becomes `dead`, and can be decided, only when its evidence is acknowledged.',
  'row-before-passed': 'A parked record is passed when its row is written, not before.',
  'count-before-row': 'The in-memory count is raised before a row is written.',
  'row-recognised': 'A refetched record that has a row is recognised, not doubled.',
  'deleted-before-successor': 'The row of a settled record is deleted before a successor starts.',
  'replay-guarded': "Replay is guarded by `where state = 'dead'`.",
  'discard-guarded': "Discard is guarded by `where state = 'dead'`.",
  'discard-remembered': 'A discarded record is remembered where a repeat finds it.',
  polled: 'Owners see what an operator decided by polling.',
  'line-fenced': 'Rows are written only under the fence.',
  'take-over-waits': 'A take-over waits for transactions that have passed the fence.',
  'claim-first': "The claim comes first in the handler's transaction.",
  'fence-last': 'The fence is the last statement of the transaction.',
  'unknown-read-back': 'After a COMMIT without an answer the attempt counts as done only if the claim is there.',
  'one-transaction': 'Effect and claim commit in one transaction.',
  'dead-before-evidence': 'The claim `dead` is written before the evidence.',
  'deleted-with-effect': 'Under effectively-once the row is deleted in the transaction of the effect.',
} as const;

export type Rule = keyof typeof rules;
