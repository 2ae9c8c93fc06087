import { findPrediction } from '../../inference/prediction-log/find-prediction.js';
import { type AnswerContent, openContent, type SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { commandActor } from '../../registry/audit/append.js';
import type { CliContext } from '../program/context.js';

/**
 * Prints a logged answer, and records that it was read: without that record nothing is printed.
 * @throws PipelineError `PREDICTION_NOT_FOUND`, `KEY_NOT_FOUND`, `DECRYPTION_FAILED`.
 */
export async function showPrediction(
  cli: CliContext,
  id: string,
  { by = commandActor(), reason }: { readonly by?: string; readonly reason?: string },
): Promise<void> {
  const keys = await openKeyRing(cli.config);
  const { services } = await cli.connect();
  const row = await findPrediction(services.pool, id);
  const { modelName, line, version } = row;
  const content = await services.audit.record(async (append) => {
    const details = { modelName, line, version, reason: reason ?? null };
    await append({ actor: by, action: 'prediction.read', subject: row.id, details });
    return openContent(keys, row);
  });
  const document = describe(row, content);
  cli.out.result(document, () => {
    for (const [name, value] of Object.entries(document))
      cli.out.line(`${name.padEnd(12)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  });
}

const describe = (row: SealedRow, { input, output, explanation, coverage }: AnswerContent) => ({
  predictionId: row.id,
  at: new Date(row.at).toISOString(),
  model: row.modelName,
  line: row.line,
  version: row.version,
  stage: row.stage,
  subjectHash: row.subjectHash?.toString('hex') ?? null,
  features: row.features === null ? null : (JSON.parse(row.features) as unknown),
  latencyMs: Math.round(row.latencyMs * 1000) / 1000,
  abstained: row.abstained,
  input,
  output,
  ...(explanation === undefined ? {} : { explanation }),
  ...(coverage === undefined ? {} : { coverage }),
});
