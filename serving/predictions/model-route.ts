import type { ModelDefinition } from '../../contracts/model-definition.js';

/** Last part of the path of a model's routes. */
export const routeOf = ({ name, serving }: ModelDefinition): string => serving?.route ?? name;

/** Path of a model's predictions. */
export const predictionPath = (model: ModelDefinition): string => `/predict/${routeOf(model)}`;
