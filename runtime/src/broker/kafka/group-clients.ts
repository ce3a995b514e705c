/** Which processes are the members of a group, from what its coordinator tells of it. */
import { assignerName } from './assigner.ts';
import { decodeSubscription } from './group-protocol.ts';

interface DescribedMember {
  readonly clientId: string;
  /** Empty while the group is about to share out its partitions. */
  readonly memberMetadata: Buffer;
}

/** Their client ids by their own word, else by the coordinator's, which is old for a static member that came back. */
export function clientsOf(protocol: string, members: readonly DescribedMember[]): readonly string[] {
  return members.map(({ clientId, memberMetadata }) => {
    if (protocol !== assignerName || memberMetadata.length === 0) return clientId;
    return decodeSubscription(memberMetadata).clientId || clientId;
  });
}
