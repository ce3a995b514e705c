/** Milliseconds of processor time since `start`: a busy machine must not fail a test that asks how much work is done. */
export function workSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
