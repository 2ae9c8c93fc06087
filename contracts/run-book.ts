import type { RunRecord } from './registry.js';

/** Names one model's run. */
interface RunName {
  readonly runKey: string;
  readonly modelName: string;
}

/** A metric after a step: a round, an epoch, an iteration. */
export interface MetricStep {
  readonly name: string;
  readonly step: number;
  /** NaN and infinite where the training diverged. */
  readonly value: number;
  /** Null in runs from before times were recorded. */
  readonly at: Date | null;
}

export interface RunNote {
  readonly note: string;
  readonly by: string;
  readonly at: Date;
}

/** What people say about a run. */
export interface RunAnnotations {
  readonly tags: Readonly<Record<string, string>>;
  readonly notes: readonly RunNote[];
}

/** A search as `ml runs list` takes it. */
export interface RunSearchRequest {
  readonly where?: string | undefined;
  /** Of this model only. */
  readonly modelName?: string | undefined;
  /** A field, with `desc` or `asc`. @default 'started desc' */
  readonly orderBy?: string | undefined;
  readonly limit: number;
  /** The cursor of a run of the same search: what follows it. */
  readonly after?: string | undefined;
}

/** A run of a page. */
export interface FoundRun extends RunRecord {
  readonly tags: Readonly<Record<string, string>>;
  /** `after` it the next page begins. */
  readonly cursor: string;
}

/** Searching and annotating runs. */
export interface RunBook {
  /**
   * One page of runs. @returns `more`: whether there are others behind it.
   * @throws PipelineError `INVALID_FILTER` with the position; `INVALID_INPUT` for a cursor of another search.
   */
  search(request: RunSearchRequest): Promise<{ readonly runs: readonly FoundRun[]; readonly more: boolean }>;
  /** Idempotent: a step that is recorded again replaces itself. */
  recordSteps(run: RunName, steps: readonly MetricStep[]): Promise<void>;
  /** By name and step. */
  listSteps(run: RunName): Promise<readonly MetricStep[]>;
  annotations(run: RunName): Promise<RunAnnotations>;
  /** Sets tags, null removes one; all or none. @throws PipelineError `INVALID_INPUT`, `RUN_NOT_FOUND`. */
  tag(run: RunName, tags: Readonly<Record<string, string | null>>, by: string): Promise<void>;
  /** @throws PipelineError `INVALID_INPUT` for an empty or too long one; `RUN_NOT_FOUND`. */
  note(run: RunName, note: string, by: string): Promise<RunNote>;
}
