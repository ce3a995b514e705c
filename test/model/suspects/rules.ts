/** How a crash loop is ended without blaming an innocent record. */
export const rules = {
  'named-before-start': 'A new owner has its name acknowledged in the metadata before it starts anything.',
  'gone-members-only': 'A mark counts as a death only if its member is gone from the group.',
  'released-is-no-death': 'A mark does not count if its member has released the partition.',
  'alone-in-process': 'A suspect runs alone in the process.',
  'marked-before-start': 'A suspect does not start before its mark is acknowledged.',
  'mark-read-back': 'After a commit without an answer the mark is read back before it is relied on.',
  'cleared-before-others': 'The mark is gone from the metadata before anything else starts.',
  'lowest-first': 'Records that may start are started from the lowest offset up.',
  'commit-keeps-up':
    'Nothing starts while more was passed since the last acknowledged commit than the suspects allow for.',
  'suspects-in-flight':
    'Suspects are as many of the lowest incomplete offsets as may have been in flight or passed since.',
} as const;

export type Rule = keyof typeof rules;
