import { describe, expect, inject, it } from 'vitest';
import { ask, cpuMsOf, readsCpu, report } from './ask.js';
import { creditInputs } from './credit-inputs.js';

interface Answer {
  readonly output?: unknown;
  readonly version?: string;
  readonly error?: { readonly code: string };
}

const path = '/predict/credit-risk';
const inBatch = async (inputs: readonly unknown[]): Promise<readonly Answer[]> =>
  (await ask<{ predictions: readonly Answer[] }>(`${path}/batch`, { inputs })).predictions;

async function inStream(lines: readonly unknown[]): Promise<readonly Answer[]> {
  const { url, token } = inject('api');
  const answer = await fetch(`${url}${path}/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

describe('a batch', () => {
  it('answers each row as alone and as in a stream, in order, and gives bad rows their own errors', async () => {
    const inputs: unknown[] = await creditInputs(60);
    inputs[17] = { kind: 'boat' };
    const [batch, stream] = [await inBatch(inputs), await inStream(inputs)];
    expect(batch.map(({ error }) => error?.code).filter((code) => code !== undefined)).toEqual(['INVALID_INPUT']);
    expect(batch[17]!.error).toBeDefined();
    expect(batch[0]!.output).toMatchObject({ probability: expect.any(Number) as number });
    expect(stream.map(({ output }) => output)).toEqual(batch.map(({ output }) => output));
    for (const i of [0, 16, 18, 59]) expect((await ask<Answer>(path, inputs[i])).output).toEqual(batch[i]!.output);
  });

  it.skipIf(!readsCpu)('costs less CPU a row than single requests', async () => {
    const inputs = await creditInputs(500);
    await inBatch(inputs);
    const together = (await cpuMsOf(() => inBatch(inputs))) / inputs.length;
    const alone = (await cpuMsOf(async () => {
      for (const input of inputs) await ask(path, input);
    })) / inputs.length; // prettier-ignore
    report(`credit-risk: ${together.toFixed(3)} ms CPU a row of a batch, ${alone.toFixed(3)} ms alone`);
    expect(together / alone).toBeLessThan(0.8);
  });

  it('of 2,000 rows is answered whole by one version, and lets other requests pass', async () => {
    let isRunning = true;
    const inputs = await creditInputs(2000);
    const batch = inBatch(inputs).finally(() => (isRunning = false));
    let passed = 0;
    while (isRunning) {
      await ask(path, inputs[passed % inputs.length]);
      passed++;
    }
    const answers = await batch;
    report(`${passed} single requests were answered during a batch of 2,000 rows`);
    expect(answers).toHaveLength(2000);
    expect(new Set(answers.map(({ version }) => version)).size).toBe(1);
    expect(passed).toBeGreaterThan(3);
  });
});
