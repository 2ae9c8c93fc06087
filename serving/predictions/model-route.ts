import type { ModelDefinition } from '../../contracts/model-definition.js';
import { invalidSetting } from '../../platform/config/invalid-setting.js';

/** Last part of the path of a model's routes. */
export const routeOf = ({ name, serving }: ModelDefinition): string => serving?.route ?? name;

/** Path of a model's predictions. */
export const predictionPath = (model: ModelDefinition): string => `/predict/${routeOf(model)}`;

/**
 * Checks a setting by route of the model.
 * @throws PipelineError `INVALID_CONFIG` for a route that no model has.
 */
export function requireKnownRoutes(
  setting: string,
  byRoute: Readonly<Record<string, unknown>>,
  models: readonly ModelDefinition[],
): void {
  const routes = models.map(routeOf);
  const unknown = Object.keys(byRoute).find((route) => !routes.includes(route));
  if (unknown !== undefined)
    throw invalidSetting(`${setting}: found the route ${unknown}, known are ${routes.join(', ')}`);
}
