import { type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { Contract } from '../../model/contract.ts';
import { bytesShown } from '../text/quantities.ts';

const daySeconds = 86_400;

/** What the declared traffic amounts to. Payloads only: keys, headers and compression are not counted. */
export function capacity({ traffic, topic }: Contract): readonly Markdown[] {
  const peak = traffic.peak.perSecond * traffic.payload.bytes;
  const average = traffic.average.perSecond * traffic.payload.bytes;
  const flow = markdown`${text(bytesShown(peak))}/s at peak (${text(traffic.peak.text)} × ${text(traffic.payload.text)}), ${text(bytesShown(average))}/s on average, ${text(bytesShown(average * daySeconds))} a day`;
  if (topic.cleanup !== 'delete') {
    return [flow, markdown`compacted: what is stored depends on the number of keys, not on traffic`];
  }
  if (topic.retention === 'forever') {
    const year = average * daySeconds * 365;
    return [
      flow,
      markdown`kept for ever: ${text(bytesShown(year))} more each year, ${text(bytesShown(year * topic.replication))} with ${topic.replication} copies`,
    ];
  }
  const stored = average * (topic.retention.ms / 1000);
  return [
    flow,
    markdown`${text(bytesShown(stored))} for ${text(topic.retention.text)}, ${text(bytesShown(stored * topic.replication))} with ${topic.replication} ${topic.replication === 1 ? text('copy') : text('copies')}`,
  ];
}
