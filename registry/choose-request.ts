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
 * @throws PipelineError `REQUEST_NOT_FOUND`, `INVALID_INPUT` for several; both name the candidates.
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
  const [first, ...others] = fitting;
  if (first === undefined) throw noneFits(modelName, open);
  if (others.length === 0) return first;
  const message = `${fitting.length} promotions of ${modelName} wait; choose one with --line and --version`;
  throw new PipelineError('INVALID_INPUT', message, { modelName, candidates: candidatesOf(fitting) });
}

const candidatesOf = (requests: readonly PromotionRequest[]): string[] =>
  requests.map(({ line, version }) => `${line} ${version}`);

/** @param open - of the model, which do not fit. */
function noneFits(modelName: string, open: readonly PromotionRequest[]): PipelineError {
  const candidates = candidatesOf(open);
  const message =
    candidates.length === 0
      ? `no promotion of ${modelName} awaits approval`
      : `no promotion of ${modelName} with this line and version awaits approval; open: ${candidates.join(', ')}`;
  return new PipelineError('REQUEST_NOT_FOUND', message, { modelName, candidates });
}
