import {
  computesAgain,
  describeHeartbeat,
  type LineCourse,
  type PendingWork,
  type RunCourse,
} from '../../platform/temporal/read-progress.js';
import { countDown, describeWaiting } from '../../platform/temporal/waiting-steps.js';
import type { LiveRow, LiveTable } from '../output/live-table.js';
import { type DurationBook, estimate } from './expected-durations.js';

/** The line of a retraining that is no model. */
const DATA = 'data pipeline';

type Step = Pick<LineCourse, 'name' | 'state' | 'detail'>;

const moods: Readonly<Record<string, LiveRow['mood']>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'good',
  skipped: 'waiting',
  rejected: 'bad',
  failed: 'bad',
  cancelled: 'bad',
};
const moodOf = (state: string): LiveRow['mood'] => moods[state] ?? 'running';

/** What estimates are made from. @param now - milliseconds since the epoch. */
export interface LiveClock {
  readonly durations: DurationBook;
  readonly now: number;
}

/** The course of a run as a table: a row a model, and for the training of one model a row a step below it. */
export function liveTable(course: RunCourse, clock: LiveClock): LiveTable {
  const rows = course.lines.map((line) => rowOf(line, clock));
  const model = course.modelName;
  if (model === null || !isTraining(course.lines))
    return { title: course.lines.some(({ name }) => name === DATA) ? 'model' : 'step', rows };
  const steps = rows.map((row) => ({ ...row, name: `  ${row.name}`, fraction: null, remaining: null }));
  return { title: 'model', rows: [modelRow(model, course, clock), ...steps] };
}

const isTraining = (steps: readonly Pick<LineCourse, 'name'>[]): boolean =>
  steps.some(({ name }) => name === 'training');

function rowOf(line: LineCourse, clock: LiveClock): LiveRow {
  const { name, state, detail, child, pending } = line;
  const about = {
    name,
    stage: state,
    mood: moodOf(state),
    fraction: null,
    remaining: null,
    note: null,
    result: detail,
  };
  if (state !== 'running') return about;
  const note = noteOf(pending, clock.now);
  if (child !== null)
    return { ...about, note, ...runningOf({ name, steps: child.lines, pending, startedAt: child.startedAt }, clock) };
  return note === null ? about : { ...about, mood: 'stuck', result: '', note };
}

/** The row of the model whose training the run is; why a step waits or has failed stands in the row of the step. */
function modelRow(name: string, { lines, startedAt }: RunCourse, clock: LiveClock): LiveRow {
  const ended = lines.find(({ state }) => moodOf(state) === 'bad');
  if (ended !== undefined) return { ...rowOf(ended, clock), name, result: '' };
  const pending = lines.find(({ state }) => state === 'running')?.pending ?? null;
  return { name, note: null, ...runningOf({ name, steps: lines, pending, startedAt }, clock) };
}

interface RunningWork {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly pending: PendingWork | null;
  readonly startedAt: Date;
}

function runningOf({ name, steps, pending, startedAt }: RunningWork, clock: LiveClock): Omit<LiveRow, 'name' | 'note'> {
  const step = steps.find(({ state }) => state === 'running');
  const expected = isTraining(steps) ? clock.durations.of(name) : null;
  const elapsed = Math.max(0, clock.now - startedAt.getTime());
  const { fraction, remaining } =
    expected === null || step === undefined
      ? { fraction: shareOfSteps(steps), remaining: null }
      : estimate(expected, { step: step.name, elapsed });
  const stuck = noteOf(pending, clock.now) !== null;
  return {
    mood: stuck ? 'stuck' : 'running',
    stage: stageOf(step, pending),
    fraction,
    remaining: stuck || isQueued(pending) ? null : remaining,
    result: metricOf(steps),
  };
}

/** `training: boosting 40 of 100`. */
function stageOf(step: Step | undefined, pending: PendingWork | null): string {
  if (step === undefined) return 'running';
  const detail = doingOf(pending) ?? step.detail;
  return detail === '' || detail.startsWith(step.name) ? detail || step.name : `${step.name}: ${detail}`;
}

function doingOf(pending: PendingWork | null): string | null {
  if (pending === null) return null;
  const { waiting, heartbeat } = pending;
  if (waiting !== null && isQueued(pending)) return describeWaiting(waiting);
  return heartbeat === null ? null : describeHeartbeat(heartbeat);
}

const shareOfSteps = (steps: readonly Step[]): number | null =>
  steps.length === 0
    ? null
    : steps.filter(({ state }) => state === 'done' || state === 'skipped').length / steps.length;

/** The main metric, which the evaluation states when it is done. */
const metricOf = (steps: readonly Step[]): string =>
  steps.find(({ name, state }) => name === 'evaluation' && state === 'done')?.detail ?? '';

/** True for a step that no worker has taken yet: others are computed before it. */
const isQueued = (pending: PendingWork | null): boolean => pending?.waiting?.failure === null;

/** What a failed step waits for; null when it gets on. */
function noteOf(pending: PendingWork | null, now: number): string | null {
  if (pending === null || pending.waiting === null || isQueued(pending) || computesAgain(pending)) return null;
  return countDown(pending.waiting, now);
}
