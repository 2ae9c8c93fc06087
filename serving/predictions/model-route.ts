import type { ModelDefinition } from '../../contracts/model-definition.js';

/** Last part of the path of a model's routes. */
export const routeOf = ({ name, serving }: ModelDefinition): string => serving?.route ?? name;
