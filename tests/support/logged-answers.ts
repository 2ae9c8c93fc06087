import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { insertRows } from '../../inference/prediction-log/insert-rows.js';
import { ensurePartitions } from '../../inference/prediction-log/partitions.js';
import { sealAnswer } from '../../inference/prediction-log/sealed-row.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';

/** An answer as the API would have given it. */
export interface GivenAnswer {
  readonly input: unknown;
  readonly output: unknown;
  readonly abstained?: boolean;
}

/** Writes answers to the prediction log as the API does, encrypted, spread evenly over a span (milliseconds). */
export async function logAnswers(
  { pool, keys }: { readonly pool: pg.Pool; readonly keys: KeyRing },
  named: { readonly modelName: string; readonly line: string; readonly version: string },
  span: { readonly from: number; readonly to: number },
  answers: readonly GivenAnswer[],
): Promise<void> {
  const rows = answers.map(({ input, output, abstained = false }, i) =>
    sealAnswer(keys, {
      ...{ id: randomUUID(), at: span.from + ((i + 0.5) / answers.length) * (span.to - span.from), ...named },
      ...{ stage: 'dev', subject: null, features: null, abstained, latencyMs: 1, arm: null },
      content: { input, output },
    }),
  );
  await ensurePartitions(
    pool,
    rows.map(({ at }) => at),
  );
  for (let start = 0; start < rows.length; start += 500) await insertRows(pool, rows.slice(start, start + 500));
}
