import type { ErrorCode } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Stage } from '../../contracts/ids.js';
import type { Admission } from '../limits/admission.js';
import type { Router } from '../routing/router.js';
import { activeLine, findDefaultRoute } from '../routing/route-table.js';
import type { LogStatus, PredictionLog } from '../log/prediction-log.js';
import type { ViewHealth } from './follow-freshness.js';
import type { ServiceHealth } from './watch-services.js';

/** A model of the active line. */
export interface ModelHealth {
  readonly model: string;
  readonly line: string;
  /** `untrained`: the line has no version that may answer. `failed`: a version could not be opened. */
  readonly status: 'ready' | 'failed' | 'untrained';
  /** The loaded version that answers; null: none does. */
  readonly version: string | null;
  readonly stage: Stage | null;
  /** Why a version could not be opened. */
  readonly reason?: ErrorCode;
}

export interface HealthReport {
  /** `degraded`: it answers, but not everything or not by the newest version. */
  readonly status: 'ok' | 'degraded' | 'starting' | 'stopping';
  readonly models: readonly ModelHealth[];
  readonly services: readonly ServiceHealth[];
  /** Freshness of feature views and states; a stale one is told with each answer, and does not degrade the API. */
  readonly views: readonly ViewHealth[];
  /** Admitted requests without an answer yet, and how many there may be now. */
  readonly queue: { readonly depth: number; readonly limit: number };
  readonly predictionLog: LogStatus;
}

export interface HealthSources {
  readonly router: Pick<Router, 'table' | 'failures' | 'isReady'>;
  readonly models: readonly ModelDefinition[];
  readonly services: () => readonly ServiceHealth[];
  readonly freshness: () => readonly ViewHealth[];
  readonly log: Pick<PredictionLog, 'status'>;
  readonly admission: Pick<Admission, 'inFlight' | 'limit'>;
  readonly isStopping: () => boolean;
}

function modelHealth({ router }: HealthSources, modelName: string): ModelHealth {
  const table = router.table();
  const line = activeLine(table);
  const failed = router.failures().find((failure) => failure.modelName === modelName && failure.line === line);
  const route = findDefaultRoute(table, modelName);
  const { version, stage } = route?.artefact.isOpen() === true ? route.record : { version: null, stage: null };
  if (failed !== undefined) return { model: modelName, line, status: 'failed', version, stage, reason: failed.code };
  return { model: modelName, line, status: route === undefined ? 'untrained' : 'ready', version, stage };
}

function overall(sources: HealthSources, models: readonly ModelHealth[]): HealthReport['status'] {
  if (sources.isStopping()) return 'stopping';
  if (!sources.router.isReady()) return 'starting';
  const isWhole = models.every(({ status }) => status !== 'failed');
  const needed = sources.services().filter(({ isOptional }) => isOptional !== true);
  const parts = [...needed, sources.log.status()];
  return isWhole && parts.every(({ status }) => status === 'ok') ? 'ok' : 'degraded';
}

/** What answers at this moment, from memory. Messages of faults are in the log, not here, as anybody may ask. */
export function reportHealth(sources: HealthSources): HealthReport {
  const models = sources.models.map(({ name }) => modelHealth(sources, name));
  return {
    status: overall(sources, models),
    models,
    services: sources.services(),
    views: sources.freshness(),
    queue: { depth: sources.admission.inFlight(), limit: sources.admission.limit() },
    predictionLog: sources.log.status(),
  };
}
