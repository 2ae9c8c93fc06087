/** Names of the settings (Temporal's dynamic configuration) that shorten each step; docs/operations.md quotes them. */
export const latencySettings = {
  /** Polls a second and shard for tasks to hand out. @default 20, so that each step waits for a tick of 50 ms */
  transferPolls: 'history.transferProcessorMaxPollRPS',
  /** The same for timers: time-outs, retries, pauses. @default 20 */
  timerPolls: 'history.timerProcessorMaxPollRPS',
  /** Hands the next step to the worker that asked for it, without a queue in between. @default false */
  eagerSteps: 'system.enableActivityEagerExecution',
} as const;

/** Settings of the embedded server by name; a value is JSON. */
export const serverSettings: readonly (readonly [name: string, value: unknown])[] = [
  // The HTTP interface cannot be switched off and takes requests from any web page. It compares the Host header with
  // this list, and no header that it accepts holds blanks, so that it answers nobody.
  ['frontend.httpAllowedHosts', ['answers nobody']],
  // Nexus has routes of its own on that port, and nothing here uses it.
  ['system.enableNexus', false],
  [latencySettings.transferPolls, 1000],
  [latencySettings.timerPolls, 1000],
  [latencySettings.eagerSteps, true],
];
