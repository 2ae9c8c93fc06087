import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Stage } from '../../contracts/ids.js';
import type { Router } from '../routing/router.js';
import { activeLine } from '../routing/route-table.js';
import type { LogStatus, PredictionLog } from '../log/prediction-log.js';
import type { ServiceHealth } from './watch-services.js';

/** A model of the active line. */
export interface ModelHealth {
  readonly model: string;
  readonly line: string;
  /** `untrained`: the line has no version that may answer. `failed`: its newest could not be opened. */
  readonly status: 'ready' | 'failed' | 'untrained';
  /** The version that answers; null: none does. */
  readonly version: string | null;
  readonly stage: Stage | null;
}

export interface HealthReport {
  /** `degraded`: it answers, but not everything or not by the newest version. */
  readonly status: 'ok' | 'degraded' | 'starting' | 'stopping';
  readonly models: readonly ModelHealth[];
  readonly services: readonly ServiceHealth[];
  readonly predictionLog: LogStatus;
}

export interface HealthSources {
  readonly router: Pick<Router, 'table' | 'failures' | 'isReady'>;
  readonly models: readonly ModelDefinition[];
  readonly services: () => readonly ServiceHealth[];
  readonly log: Pick<PredictionLog, 'status'>;
  readonly isStopping: () => boolean;
}

function modelHealth({ router }: HealthSources, modelName: string): ModelHealth {
  const table = router.table();
  const line = activeLine(table);
  const own = table.routes.filter(({ record }) => record.modelName === modelName && record.line === line);
  const failed = router.failures().find((failure) => failure.modelName === modelName && failure.line === line);
  const answering = own.find(({ record }) => record.stage === 'production') ?? own[0];
  const isAnswered = answering !== undefined && (failed === undefined || failed.insteadVersion !== null);
  return {
    model: modelName,
    line,
    status: failed === undefined ? (answering === undefined ? 'untrained' : 'ready') : 'failed',
    version: isAnswered ? answering.record.version : null,
    stage: isAnswered ? answering.record.stage : null,
  };
}

function overall(sources: HealthSources, models: readonly ModelHealth[]): HealthReport['status'] {
  if (sources.isStopping()) return 'stopping';
  if (!sources.router.isReady()) return 'starting';
  const isWhole = models.every(({ status }) => status !== 'failed');
  const parts = [...sources.services(), sources.log.status()];
  return isWhole && parts.every(({ status }) => status === 'ok') ? 'ok' : 'degraded';
}

/** What answers at this moment, from memory. Messages of faults are in the log, not here, as anybody may ask. */
export function reportHealth(sources: HealthSources): HealthReport {
  const models = sources.models.map(({ name }) => modelHealth(sources, name));
  return {
    status: overall(sources, models),
    models,
    services: sources.services(),
    predictionLog: sources.log.status(),
  };
}
