import { PipelineError } from '../contracts/errors.js';
import type { ModelRegistry, PromotionRequest } from '../contracts/registry.js';

/** Which open request of a model is meant; what is left out does not matter. */
export interface RequestFilter {
  readonly modelName: string;
  readonly line?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The one open request that fits.
 * @throws PipelineError `REQUEST_NOT_FOUND`; `INVALID_INPUT` naming the candidates.
 */
export async function findOpenRequest(
  registry: Pick<ModelRegistry, 'listPromotionRequests'>,
  { modelName, line, version }: RequestFilter,
): Promise<PromotionRequest> {
  const open = await registry.listPromotionRequests({ modelName, status: 'open' });
  const fitting = open.filter(
    (request) =>
      (line === undefined || request.line === line) && (version === undefined || request.version === version),
  );
  return chooseRequest(fitting, modelName);
}

/** The only one of these requests. @throws PipelineError `REQUEST_NOT_FOUND`; `INVALID_INPUT` naming the candidates. */
export function chooseRequest(requests: readonly PromotionRequest[], modelName: string): PromotionRequest {
  const [first, ...others] = requests;
  if (first === undefined)
    throw new PipelineError('REQUEST_NOT_FOUND', `no promotion of ${modelName} awaits approval`, { modelName });
  if (others.length === 0) return first;
  const candidates = requests.map(({ line, version }) => `${line} ${version}`);
  const message = `${requests.length} promotions of ${modelName} wait; choose one with --line and --version`;
  throw new PipelineError('INVALID_INPUT', message, { modelName, candidates });
}
