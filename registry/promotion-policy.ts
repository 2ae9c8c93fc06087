import { type ErrorDetails, PipelineError } from '../contracts/errors.js';
import { isBackendLine, isSynthetic, type Stage } from '../contracts/ids.js';

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

/** Stages from which a version of an import's or file's line can be archived; it reaches no other. */
const allowedInDev: Readonly<Record<Stage, readonly Stage[]>> = {
  dev: ['archived'],
  staging: [],
  production: [],
  archived: [],
};

type NamedVersion = Omit<VersionPlace, 'stage'>;

/** `TRANSITION_NOT_ALLOWED`. @param finding - what follows the version's name. */
function refused({ modelName, line, version }: NamedVersion, finding: string, details: ErrorDetails): PipelineError {
  const message = `${modelName} ${version} (line ${line}) ${finding}`;
  return new PipelineError('TRANSITION_NOT_ALLOWED', message, { modelName, line, version, ...details });
}

/** Why a version goes to production with `demo` but not without, or the other way round. */
export const demoRefused = (version: NamedVersion): PipelineError =>
  isSynthetic(version.line)
    ? refused(version, 'learned from synthetic data; it goes beyond staging as a demo only: add --demo', {
        demo: false,
      })
    : refused(version, 'did not learn from synthetic data, so it is no demo: leave --demo out', { demo: true });

/**
 * dev → staging → production, anything → archived, archived → staging. Versions of imports and files stay in dev, or are
 * archived. A synthetic version goes to production as a demo only, and only a synthetic one.
 * @param demo - the caller confirmed that this is a demo.
 * @throws PipelineError `TRANSITION_NOT_ALLOWED` with what would be allowed.
 */
export function assertTransition(place: VersionPlace, to: Stage, demo = false): void {
  const { line, stage } = place;
  const details = { from: stage, to };
  if (!isBackendLine(line) && to !== 'archived')
    throw refused(
      place,
      'stays in dev: it learned from an import or a file; only lines of a backend leave dev',
      details,
    );
  const next = isBackendLine(line) ? allowed[stage] : allowedInDev[stage];
  if (!next.includes(to)) {
    const found = stage === to ? `is in ${stage} already` : `is in ${stage} and cannot go to ${to}`;
    const wanted = next.length === 0 ? 'it stays there' : `from there it can go to ${next.join(' or ')}`;
    throw refused(place, `${found}; ${wanted}`, details);
  }
  if (to === 'production' && demo !== isSynthetic(line)) throw demoRefused(place);
}

/**
 * Whether a person may take the version out of use. Production is never left without a version; a demo may end.
 * @throws PipelineError `TRANSITION_NOT_ALLOWED`.
 */
export function assertArchivable(place: VersionPlace): void {
  if (place.stage === 'production' && !isSynthetic(place.line))
    throw refused(
      place,
      'is in production: promote its successor, which replaces it, or return to the former version with `ml rollback`',
      {
        from: place.stage,
        to: 'archived',
      },
    );
  assertTransition(place, 'archived');
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
