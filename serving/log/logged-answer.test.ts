import { describe, expect, it } from 'vitest';
import type { LoggedAnswer } from '../../inference/prediction-log/sealed-row.js';
import { application, call, createTestApi, known, routerOfFixture, stored } from '../../tests/support/test-api.js';
import type { PredictionLog } from './prediction-log.js';

describe('what an answer leaves in the log', () => {
  it('holds the values of the views that were read, and none where all inputs were sent', async () => {
    const logged: LoggedAnswer[] = [];
    const keep = (answers: readonly LoggedAnswer[]): void => void logged.push(...answers);
    const predictionLog: PredictionLog = {
      append: keep,
      appendDurably: async (answers) => keep(answers),
      status: () => ({ status: 'ok', waiting: 0, dropped: 0, spooled: 0 }),
    };
    const app = await createTestApi(await routerOfFixture(), { predictionLog });
    const answered = await call(app, '/predict/credit-risk', { payload: { userId: 'u1', ...known } });
    await call(app, '/predict/credit-risk', { payload: application });
    const [byReference, sent] = logged.map(({ content }) => content);
    expect(Object.keys(byReference!.valuesOfViews!)).toEqual(['user-financials', 'credit-risk']);
    expect(byReference!.valuesOfViews!['credit-risk']).toEqual(stored('credit-risk', 'u1')!.features);
    expect(sent!.valuesOfViews).toBeUndefined();
    expect(answered.text).not.toContain('valuesOfViews');
    await app.close();
  });
});
