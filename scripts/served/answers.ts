import type { ServedPlatform } from './platform.js';

const LINE = /^ml_http_requests_total\{.*status="(\d{3})".*\} (\d+)$/;

/** How many requests an API has answered with each status since its start, by its own metrics. */
export async function answersByStatus({
  url,
  token,
}: Pick<ServedPlatform, 'url' | 'token'>): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const counts = new Map<string, number>();
  for (const line of (await answer.text()).split('\n')) {
    const [, status, count] = LINE.exec(line) ?? [];
    if (status !== undefined) counts.set(status, (counts.get(status) ?? 0) + Number(count));
  }
  return new Map([...counts].sort());
}
