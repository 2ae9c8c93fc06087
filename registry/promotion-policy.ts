import { PipelineError } from '../contracts/errors.js';
import { DEFAULT_LINE, type Stage } from '../contracts/ids.js';

/** Stages that a version can be promoted to. Archived versions return through staging, except by rollback. */
const allowed: Readonly<Record<Stage, readonly Stage[]>> = {
  dev: ['staging', 'archived'],
  staging: ['production', 'archived'],
  production: ['archived'],
  archived: ['staging'],
};

/** A version and its stage before a transition. */
export interface VersionPlace {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly stage: Stage;
}

/**
 * dev → staging → production, anything → archived, archived → staging; other lines than `default` stay in dev.
 * @throws PipelineError `TRANSITION_NOT_ALLOWED` with what would be allowed.
 */
export function assertTransition({ modelName, line, version, stage }: VersionPlace, to: Stage): void {
  const details = { modelName, line, version, from: stage, to };
  const name = `${modelName} ${version} (line ${line})`;
  if (line !== DEFAULT_LINE)
    throw new PipelineError(
      'TRANSITION_NOT_ALLOWED',
      `${name} stays in dev: only the line "${DEFAULT_LINE}" is served, found line "${line}"`,
      details,
    );
  if (allowed[stage].includes(to)) return;
  const wanted = allowed[stage].join(' or ');
  const found = stage === to ? `is in ${stage} already` : `is in ${stage} and cannot go to ${to}`;
  throw new PipelineError('TRANSITION_NOT_ALLOWED', `${name} ${found}; from there it can go to ${wanted}`, details);
}

/** A version's arrival in production, oldest first. */
export interface ProductionArrival {
  readonly version: string;
  readonly kind: 'promotion' | 'rollback';
  /** False when the version failed the smoke test after its promotion. */
  readonly proven: boolean;
}

/**
 * Stack of the versions that a rollback can return to, the next one last: a promotion pushes its version, a rollback
 * pops the versions above its target. So a rollback never returns to a version that was rolled back or that failed its
 * smoke test.
 * @param arrivals - of one line, oldest first; the last one is in production now.
 */
export function formerProduction(arrivals: readonly ProductionArrival[]): readonly string[] {
  const stack: ProductionArrival[] = [];
  for (const arrival of arrivals) {
    if (arrival.kind === 'promotion') stack.push(arrival);
    else uncover(stack, arrival.version);
  }
  const current = stack.at(-1)?.version;
  const former = stack.slice(0, -1).flatMap(({ version, proven }) => (proven ? [version] : []));
  // The current version is also on top of these when it was promoted again after one that failed its smoke test.
  while (former.length > 0 && former.at(-1) === current) former.pop();
  return former;
}

/** Pops the top and then all versions above the target of a rollback. */
function uncover(stack: ProductionArrival[], version: string): void {
  do stack.pop();
  while (stack.length > 0 && stack.at(-1)?.version !== version);
}
