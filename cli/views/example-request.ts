import { isBackendLine } from '../../contracts/ids.js';
import type { ModelOutcome } from '../../contracts/workflows.js';
import { loadCatalogue } from '../../models/catalogue.js';
import type { Config } from '../../platform/config/config.js';
import { API_PART } from '../../platform/embedded/api-server.js';
import { runningState } from '../../platform/embedded/ensure.js';
import { predictScope } from '../../serving/identity/scopes.js';
import { predictionPath, routeOf } from '../../serving/predictions/model-route.js';

const answersFromApi = (outcome: ModelOutcome): outcome is Extract<ModelOutcome, { status: 'decided' }> =>
  outcome.status === 'decided' && outcome.result.version !== null && isBackendLine(outcome.result.line);

/** An example for a shell: quotes within its texts would end the argument. */
const isQuotable = (example: string): boolean => !example.includes("'");

/**
 * A command line that asks a model of this retraining through the local API, with a token that is made when it runs;
 * null when no API runs here or none of the models has an example.
 */
export async function exampleRequest(
  { home }: Pick<Config, 'home'>,
  outcomes: readonly ModelOutcome[],
): Promise<string | null> {
  const api = runningState(home)?.parts.find(({ name, status }) => name === API_PART && status === 'running');
  const answering = new Set(outcomes.filter(answersFromApi).map(({ result }) => result.modelName));
  const examples = (await loadCatalogue())
    .filter(({ name }) => answering.has(name))
    .flatMap((model) => {
      const body = JSON.stringify(model.serving?.example ?? null);
      return body === 'null' || !isQuotable(body) ? [] : [{ model, body }];
    })
    .sort((a, b) => a.body.length - b.body.length);
  const [shortest] = examples;
  if (api === undefined || shortest === undefined) return null;
  const { model, body } = shortest;
  const authorization = `"authorization: Bearer $(ml token --scope ${predictScope(routeOf(model))})"`;
  return `Ask it: curl -s ${api.where}${predictionPath(model)} -H ${authorization} -H 'content-type: application/json' -d '${body}'`;
}
