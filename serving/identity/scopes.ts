/** Scopes of the API's tokens; `predict:` is followed by a model's route or `*`. */
export const plainScopes = ['explain', 'feedback', 'features', 'features:write', 'metrics', 'admin'] as const;

/** Scope for pushing rows; reading does not include it. */
export const WRITE_FEATURES = 'features:write';

export const predictScope = (route: string): string => `predict:${route}`;
/** Scope for every model. */
export const PREDICT_ALL = predictScope('*');

/** Whether a token's scopes include one, directly or by `predict:*`; `admin` includes all. */
export function includesScope(scopes: ReadonlySet<string>, wanted: string): boolean {
  return scopes.has(wanted) || scopes.has('admin') || (wanted.startsWith('predict:') && scopes.has(PREDICT_ALL));
}
