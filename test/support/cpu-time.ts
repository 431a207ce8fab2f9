/**
 * Milliseconds of processor time that this process spends until `run` is done. Unlike the time on the clock it does not
 * grow when other processes are busy: for asserting that an input doesn't make code slow.
 */
export async function cpuTimeOf(run: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
