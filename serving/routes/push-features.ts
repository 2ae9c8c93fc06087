import type { FastifyInstance } from 'fastify';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { sourceOfLine } from '../../contracts/ids.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { FeaturePush, PushedFeatures } from '../../feature-store/online/push-features.js';
import { type PushBody, pushBody } from '../../feature-store/online/pushed-rows.js';
import { parseInputs } from '../../inference/answer.js';
import { requireScopes } from '../identity/require-scopes.js';
import { WRITE_FEATURES } from '../identity/scopes.js';
import { expectOwn } from '../predictions/prediction-request.js';
import { activeLine, type RouteTable } from '../routing/route-table.js';
import { describeFeatures } from './describe-features.js';

/** Computes and writes features, with its entry in the audit log. @param actor - subject of the caller's token. */
export type PushFeatures = (push: FeaturePush, actor: string) => Promise<PushedFeatures>;

interface PushDeps {
  readonly push: PushFeatures;
  /** @throws PipelineError `INVALID_INPUT` naming the known ones. */
  readonly requireView: (name: string) => FeatureView;
  readonly table: () => RouteTable;
}

/** Clocks of callers may go ahead by this much. */
const CLOCK_SKEW_MS = 60_000;

/** @throws PipelineError `INVALID_INPUT` for a moment of the future. */
function momentOf({ asOf }: PushBody): number {
  const moment = asOf === undefined ? Date.now() : Date.parse(asOf);
  if (moment <= Date.now() + CLOCK_SKEW_MS) return moment;
  throw new PipelineError('INVALID_INPUT', 'asOf lies in the future; features are of what has happened');
}

/**
 * `POST /features/<view>/push`: features of one entity from the rows of the last run and the rows sent.
 * @throws PipelineError as `pushFeatures`.
 */
export function pushRoute(app: FastifyInstance, deps: PushDeps): void {
  const options = { onRequest: requireScopes(WRITE_FEATURES), config: { limited: true } };
  app.post('/features/:view/push', options, async (request) => {
    const view = deps.requireView((request.params as { view: string }).view);
    const body = parseInputs(pushBody(view), [request.body])[0]!;
    expectOwn(body.entity, request.caller);
    const source = sourceOfLine(activeLine(deps.table()));
    const push = { source, view, entityId: body.entity, rows: body.rows, asOf: momentOf(body) };
    const { value, stored, knownUntil } = await deps.push(push, request.caller.subject).catch((cause: unknown) => {
      const isOutage = cause instanceof PipelineError && cause.code === 'SERVICE_UNAVAILABLE';
      throw isOutage ? pipelineError('FEATURES_UNAVAILABLE', { source }, { cause }) : cause;
    });
    const known = new Date(knownUntil).toISOString();
    return { ...describeFeatures(view, body.entity, value), stored, rowsKnownUntil: known };
  });
}
