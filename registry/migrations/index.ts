import type { OwnedSchema } from '../../platform/postgres/schemas.js';
import { registryCore } from './0001-registry-core.js';
import { givenHoldout } from './0002-given-holdout.js';
import { statedReasons } from './0003-stated-reasons.js';
import { unmeasurableMetrics } from './0005-unmeasurable-metrics.js';
import { syntheticLine } from './0006-synthetic-line.js';
import { runSteps } from './0007-run-steps.js';
import { auditLog } from './0009-audit-log.js';
import { stageNotifications } from './0008-stage-notifications.js';
import { usageAndReports } from './0010-usage-and-reports.js';
import { publishedViews } from './0012-feature-views.js';
import { artefactSignatures } from './0013-artefact-signatures.js';
import { runSearch } from './0014-run-search.js';

/** Schema `registry`, in order; never edited after release. */
export const registrySchema: OwnedSchema = {
  schema: 'registry',
  migrations: {
    '0001-registry-core': registryCore,
    '0002-given-holdout': givenHoldout,
    '0003-stated-reasons': statedReasons,
    '0005-unmeasurable-metrics': unmeasurableMetrics,
    '0006-synthetic-line': syntheticLine,
    '0007-run-steps': runSteps,
    '0008-stage-notifications': stageNotifications,
    '0009-audit-log': auditLog,
    '0010-usage-and-reports': usageAndReports,
    '0012-feature-views': publishedViews,
    '0013-artefact-signatures': artefactSignatures,
    '0014-run-search': runSearch,
  },
};
