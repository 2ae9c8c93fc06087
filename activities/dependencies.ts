import type { FeatureLog } from '../contracts/feature-log.js';
import type pg from 'pg';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { ModelRegistry } from '../contracts/registry.js';
import type { ReportLog } from '../contracts/reports.js';
import type { RunBook } from '../contracts/run-book.js';
import type { UsageLog } from '../contracts/resource-usage.js';
import type { QuarantineLog } from '../datasets/quarantine/quarantine-log.js';
import type { SourceCatalog } from '../datasets/sources/catalog.js';
import type { SnapshotLog } from '../datasets/snapshots/snapshot-log.js';
import type { AlertBook } from '../monitoring/alerts/alerts.js';
import type { FeatureStatisticsLog } from '../monitoring/features/statistics-log.js';
import type { ParityLog } from '../monitoring/parity/parity-log.js';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import type { BlobStore, CheckpointStore } from '../platform/blobs/blob-store.js';
import type { ComputingEnvironment, ReusableStep, StepLog } from '../contracts/steps.js';
import type { JobRunner } from '../platform/child-process/job.js';
import type { KeyRing } from '../platform/keys/key-ring.js';
import type { MonitoredModel } from '../models/catalogue.js';
import type { Endpoint } from '../platform/outbox/outbox.js';
import type { Config } from '../platform/config/config.js';

/** What an activity needs to run a job. */
export interface JobDeps {
  readonly runner: JobRunner;
  readonly config: Pick<Config, 'trainingMemoryMb'>;
}

/** What an activity needs to take the result of a step from an earlier run, or to compute it. */
export interface StepDeps extends JobDeps {
  readonly blobs: BlobStore;
  readonly steps: StepLog;
  /** Hash of the modules that compute a step, with those of the model; null: of every model. */
  readonly codeOf: (step: ReusableStep, modelName: string | null) => string;
  readonly codeVersion: string;
  readonly environment: ComputingEnvironment;
}

export interface ModelCatalogue {
  /** @throws PipelineError `UNKNOWN_MODEL`. */
  find(name: string): Promise<ModelDefinition>;
  list(): Promise<readonly ModelDefinition[]>;
}

export interface PipelineActivityDeps extends StepDeps {
  readonly quarantine: Pick<QuarantineLog, 'record' | 'decisions'>;
  readonly catalog: Pick<SourceCatalog, 'active' | 'list'>;
  readonly snapshotLog: SnapshotLog;
  readonly onlineStore: OnlineStore;
  readonly featureLog: FeatureLog;
  readonly registry: Pick<ModelRegistry, 'listVersions' | 'listServing'>;
  readonly featureStatistics: Pick<FeatureStatisticsLog, 'record'>;
  readonly models: ModelCatalogue;
  /** The keys of this installation, for pseudonyms. */
  readonly keys: () => Promise<KeyRing>;
  readonly config: Pick<
    Config,
    | 'dataPolicyFile'
    | 'expectationsFile'
    | 'schemaReaction'
    | 'trainingMemoryMb'
    | 'extractChunkRows'
    | 'customerTimeZones'
    | 'dateOrders'
    | 'maxRejectedShare'
    | 'heartbeatTimeoutSeconds'
    | 'reportUrl'
  >;
}

export interface TrainingActivityDeps extends StepDeps {
  readonly runBook: Pick<RunBook, 'recordSteps'>;
  readonly checkpoints: CheckpointStore;
  readonly registry: ModelRegistry;
  readonly catalog: Pick<SourceCatalog, 'active' | 'list'>;
  readonly snapshotLog: Pick<SnapshotLog, 'newest' | 'erased'>;
  readonly models: ModelCatalogue;
  readonly config: Pick<
    Config,
    | 'dataPolicyFile'
    | 'trainingMemoryMb'
    | 'maxRejectedShare'
    | 'suspiciousLabels'
    | 'heartbeatTimeoutSeconds'
    | 'productionApproval'
    | 'reportUrl'
    | 'schedule'
  >;
}

export interface ReportActivityDeps {
  readonly blobs: BlobStore;
  readonly registry: Pick<ModelRegistry, 'listRuns'>;
  readonly steps: Pick<StepLog, 'listStepsOf' | 'findByInput'>;
  readonly usage: Pick<UsageLog, 'listUsage'>;
  readonly reports: Pick<ReportLog, 'record' | 'findFormer'>;
  readonly models: Pick<ModelCatalogue, 'find'>;
  readonly config: Pick<Config, 'cpuPrice'>;
}

export interface DriftActivityDeps extends JobDeps {
  readonly pool: pg.Pool;
  readonly registry: Pick<ModelRegistry, 'findChampion' | 'listVersions'>;
  readonly catalog: Pick<SourceCatalog, 'list'>;
  readonly findMonitored: (name: string) => Promise<MonitoredModel>;
  /** Who is told of alerts. */
  readonly receivers: readonly Endpoint[];
  readonly config: Pick<Config, 'trainingMemoryMb' | 'heartbeatTimeoutSeconds' | 'drift' | 'taskQueuePrefix'>;
}

export interface ParityActivityDeps extends JobDeps {
  readonly blobs: BlobStore;
  readonly catalog: Pick<SourceCatalog, 'active' | 'list'>;
  readonly featureStatistics: Pick<FeatureStatisticsLog, 'materialisations'>;
  readonly parityLog: Pick<ParityLog, 'record'>;
  readonly alerts: Pick<AlertBook, 'raise' | 'resolve'>;
  readonly config: Pick<Config, 'trainingMemoryMb' | 'heartbeatTimeoutSeconds'>;
}

export interface PromotionActivityDeps extends JobDeps {
  readonly registry: ModelRegistry;
  readonly config: Pick<Config, 'trainingMemoryMb' | 'productionApproval' | 'approvalProof'>;
  /** The secret that proves an approval. @throws PipelineError `INVALID_CONFIG`, `STATE_DAMAGED`. */
  readonly approvalSecret: () => Promise<string>;
}
