import type { ProgressReport } from '../../contracts/workflows.js';

/** `  name   state   detail`, set in columns. */
export function progressLines({ stage, lines }: ProgressReport): readonly string[] {
  if (lines.length === 0) return [`  ${stage}`];
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const stateWidth = Math.max(...lines.map(({ state }) => state.length));
  return lines.map(({ name, state, detail }) =>
    `  ${name.padEnd(nameWidth)}  ${state.padEnd(stateWidth)}  ${detail}`.trimEnd(),
  );
}
