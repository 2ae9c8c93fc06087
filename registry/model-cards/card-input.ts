import type { DatasetRef, FrozenHoldout } from '../../contracts/dataset.js';
import type { Comparison, Drift, Evaluation, GateResult, PartReport } from '../../contracts/evaluation.js';
import type { Decision, Stage } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';

/** The facts of a card; all are recorded, so that the same run always gives the same bytes. */
export interface CardInput {
  /** A model definition satisfies this type. */
  readonly model: Pick<
    ModelDefinition,
    'name' | 'task' | 'owner' | 'definitionVersion' | 'card' | 'gates' | 'primaryMetric'
  >;
  readonly line: string;
  /** Null when nothing was registered. */
  readonly version: string | null;
  /** When the card was written; a version's stage changes later. */
  readonly stage: Stage | null;
  readonly decision: Decision;
  readonly reasons: readonly string[];
  readonly dataset: DatasetRef;
  readonly holdout: FrozenHoldout;
  readonly trainedRows: number;
  readonly holdoutRows: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly evaluation: Evaluation;
  /** Each part of the holdout by itself; absent in evaluations from before there were two. */
  readonly parts?: readonly PartReport[];
  /** Between the parts; null when one of them has no interval. */
  readonly drift?: Drift | null;
  /** Start of the newest window, milliseconds. */
  readonly windowStart?: number | null;
  readonly baselineName: string;
  readonly comparisons: readonly Comparison[];
  readonly gates: readonly GateResult[];
  readonly championVersion: string | null;
  readonly run: CardRun;
}

/** Facts that are needed to reproduce the artefact. */
export interface CardRun {
  readonly runKey: string;
  readonly workflowId: string;
  readonly seed: number;
  readonly codeVersion: string;
  /** The run's start from the registry; not the time of rendering, which a retry would change. */
  readonly startedAt: Date;
  readonly artefactHash: string;
  readonly signatureHash: string;
  readonly definitionHash: string;
  readonly evaluationHash: string;
  /** The run that this one repeats, and the stage from which. */
  readonly rerun?: { readonly workflowId: string; readonly from: string } | null;
  /** Steps whose results were taken from earlier runs. */
  readonly reused?: readonly { readonly step: string; readonly from: string }[];
}

export interface RenderedCard {
  readonly markdown: string;
  /** One file with styles and plots, without scripts and external resources. */
  readonly html: string;
}
