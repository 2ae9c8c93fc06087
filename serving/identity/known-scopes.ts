import { PipelineError } from '../../contracts/errors.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { routeOf } from '../predictions/model-route.js';
import { plainScopes, PREDICT_ALL, predictScope } from './scopes.js';

/** @throws PipelineError `INVALID_INPUT` with the known scopes. */
export async function requireKnownScopes(scopes: readonly string[]): Promise<void> {
  const models = await loadCatalogue();
  const known = [PREDICT_ALL, ...models.map((model) => predictScope(routeOf(model))), ...plainScopes];
  const unknown = scopes.filter((scope) => !known.includes(scope));
  if (scopes.length > 0 && unknown.length === 0) return;
  const found = scopes.length === 0 ? 'no scope' : `there is no scope ${unknown.join(', ')}`;
  throw new PipelineError('INVALID_INPUT', `--scope: ${found}; known: ${known.join(', ')}`, { known });
}
