import { describe, expect, it } from 'vitest';
import { metric } from '../../../contracts/evaluation.js';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { compare, evaluate } from './evaluate.js';
import { type EvaluationTarget, scoredTable, type TargetPrediction } from './evaluation-targets.js';

const none = { historyMonths: 0, scale: 0, lastYear: -1 };
const bands = { low80: 0, high80: 0, low95: 0, high95: 0 };
const NO_ROWS = { schema: {}, table: { rowCount: 0, columns: {} } } as unknown as TrainingData;

/** `months` of one amount for each customer, forecast as `forecast`. */
function table(customers: number, months: number, amount: number, forecast: number): Table {
  const targets: EvaluationTarget[] = [];
  const predictions: TargetPrediction[] = [];
  for (let c = 0; c < customers; c++)
    for (let month = 24_300; month < 24_300 + months; month++) {
      targets.push({ customer: `c${c}`, month, origin: month, target: 'total', horizon: 1, actual: amount });
      predictions.push({ prediction: forecast, ...bands, ...none });
    }
  return scoredTable(targets, predictions);
}

const metricsOf = (scored: Table) => evaluate(scored, NO_ROWS, trainContext()).metrics;

describe('metrics of a forecast', () => {
  it.each([
    ['without any row', table(0, 0, 0, 0)],
    ['of months without spending', table(3, 4, 0, 0)],
  ])('are not measurable %s, with the reason; MAPE is no 0', (_, scored) => {
    const found = metricsOf(scored);
    expect(found[0]).toEqual({
      name: 'mape',
      value: null,
      direction: 'lower',
      n: 0,
      remark: 'no held-out month with spending',
    });
    for (const name of ['mapeDiscretionary', 'wape', 'medianMase', 'mapeOverSeasonalNaive', 'coverageWeek80'])
      expect(found.find((each) => each.name === name)?.value, name).toBeNull();
    for (const each of found) expect(metric.safeParse(each).success).toBe(true);
    expect(() => compare(scored, scored, 'baseline', trainContext())).toThrow(
      expect.objectContaining({ code: 'TOO_FEW_ROWS' }),
    );
  });

  it('draw no chart of rows that are not there', () => {
    expect(evaluate(table(0, 0, 0, 0), NO_ROWS, trainContext()).plots).toEqual([]);
  });

  it('have no interval from fewer than five customers', () => {
    const [mape] = metricsOf(table(3, 4, 100, 90));
    expect(mape).toMatchObject({
      value: expect.closeTo(0.1, 9) as number,
      n: 12,
      remark: expect.stringMatching(/at least 5 customers, found 3/) as string,
    });
  });
});
