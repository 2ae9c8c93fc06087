import type { DataQuality } from '../../contracts/dataset.js';
import type { RunRecord } from '../../contracts/registry.js';
import type { RetrainingEnd } from '../../contracts/reports.js';
import type { StepUsage } from '../../contracts/resource-usage.js';

/** The recorded facts that the report of a retraining is written from. */
export interface ReportFacts {
  readonly workflowId: string;
  readonly source: string;
  readonly line: string;
  readonly status: RetrainingEnd;
  readonly reasons: readonly string[];
  /** Remarks on the data. */
  readonly notes: readonly string[];
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Null when none was taken, or when its manifest is lost. */
  readonly snapshot: SnapshotFacts | null;
  /** One for each model of the plan, in its order. */
  readonly models: readonly ModelFacts[];
  /** Steps of the data pipeline that an earlier run has computed. */
  readonly reusedData: readonly ReusedStep[];
  readonly usage: readonly StepUsage[];
  /** Null: no price is set, and no cost is shown. */
  readonly price: CpuPrice | null;
  /** The retraining before this one on the same line; null for the first. */
  readonly former: FormerRetraining | null;
}

/** What an hour of one processor core costs. */
export interface CpuPrice {
  readonly anHour: number;
  /** Such as `EUR`. */
  readonly currency: string;
}

export interface SnapshotFacts {
  readonly hash: string;
  /** Milliseconds: rows known before. */
  readonly asOf: number;
  readonly tables: readonly {
    readonly table: string;
    readonly rows: number;
    /** First and last event, milliseconds; null without events. */
    readonly eventTime: { readonly from: number; readonly to: number } | null;
  }[];
  /** Null when it was not validated. */
  readonly quality: DataQuality | null;
}

export interface ModelFacts {
  readonly modelName: string;
  /** Null when the model was not started. */
  readonly run: RunRecord | null;
  /** Of a model that failed or was not started, when the retraining knows. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** Absolute gate on the primary metric in words, such as `aucRoc ≥ 0.8`, and its bound. */
  readonly target: { readonly text: string; readonly bound: number } | null;
  readonly championVersion: string | null;
  /** Stage that the version came to; null when the retraining promoted none. */
  readonly promotion: { readonly stage: string; readonly awaitingApproval: boolean } | null;
  /** Of the rows that it learned from and was judged on. */
  readonly quality: DataQuality | null;
  readonly reused: readonly ReusedStep[];
}

/** A step whose result an earlier run has computed. */
export interface ReusedStep {
  readonly step: string;
  /** Workflow ids. */
  readonly from: readonly string[];
}

export interface FormerRetraining {
  readonly workflowId: string;
  readonly startedAt: Date;
  readonly snapshot: SnapshotFacts | null;
  readonly runs: readonly RunRecord[];
}
