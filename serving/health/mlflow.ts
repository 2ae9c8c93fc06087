import type { WatchedService } from './watch-services.js';

const TIMEOUT_MS = 1_000;

/**
 * The MLflow tracking server of an installation that has one. No answer of the API needs it.
 * @param trackingUri - http or https; credentials in it are not sent, because MLflow answers `/health` to anybody.
 */
export function mlflowServer(trackingUri: string): WatchedService {
  const address = new URL(trackingUri);
  Object.assign(address, { username: '', password: '', search: '', hash: '' });
  const url = `${address.href.replace(/\/+$/, '')}/health`;
  return {
    name: 'mlflow',
    isOptional: true,
    async ping() {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`answered with status ${response.status}`);
    },
  };
}
