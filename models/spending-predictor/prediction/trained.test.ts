import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../../../learning/evaluation/split/index.js';
import { DAY_MS, firstDayOf, isoDate, monthOfDay, parseIsoDate } from '../../../learning/time-series/calendar/index.js';
import { selectRows, textColumn } from '../../../learning/table.js';
import { projectRoot } from '../../../platform/project.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { fileFormats } from '../data/formats.js';
import { describedInput } from '../../../contracts/json-schema-rules.js';
import { movementsOf, spendingHistory, type SpendingState, spendingState, stateOf } from '../data/spending-history.js';
import { baseline } from '../evaluation/baseline.js';
import { compare, evaluate } from '../evaluation/evaluate.js';
import { readHoldout, requestAt } from '../evaluation/evaluation-targets.js';
import { score } from '../evaluation/score.js';
import { params } from '../params.js';
import { shards, train } from '../training/train.js';
import { openPredictor } from './predictor.js';
import { requestFeatures } from './request-features.js';
import type { SpendingRequest } from './request.js';

const settings = params.parse({ origins: 2, forecastHorizon: 90 });
const KNOWN = 'customer-01';
let data: TrainingData;
let holdout: TrainingData;
let files: ArtefactFiles;
let predictor: Awaited<ReturnType<typeof openPredictor>>;

/** The states of all customers as of the end of the training data, as the store returns them. */
let states: ReadonlyMap<string, SpendingState>;
const statesAt = (rows: TrainingData, day: number): ReadonlyMap<string, SpendingState> =>
  new Map(
    [...spendingHistory.build(rows, day * DAY_MS)].map(([customer, state]) => [
      customer,
      spendingState.parse(JSON.parse(JSON.stringify(state))),
    ]),
  );
let cut: number;

beforeAll(async () => {
  const file = join(projectRoot, 'models/spending-predictor/fixtures/transactions.csv');
  const { format, table } = await readDataFile(file, fileFormats);
  const { schema } = format;
  const parts = splitHoldout(freezeHoldout(schema.split, table), table);
  data = { schema, table: parts.train };
  holdout = { schema, table: parts.holdout, history: table };
  files = await train(trainContext(), data, settings);
  predictor = await openPredictor(files);
  cut = predictor.model.knownUntil;
  states = statesAt(data, cut);
}, 60_000);
afterAll(() => predictor.close());

const answerOf = async (request: SpendingRequest) => (await predictor.predict([predictor.input.parse(request)]))[0]!;
const whyOf = async (request: SpendingRequest) => (await predictor.explain(predictor.input.parse(request))).explanation;
const stored = (customer = KNOWN): SpendingRequest => ({ customerId: customer, history: states.get(customer)! });

describe('the trained spending predictor', () => {
  it('has the same artefact bytes with and without shards', async () => {
    const parts: Uint8Array[] = [];
    for (let index = 0; index < 3; index++)
      parts.push(await shards.fit(trainContext(), data, settings, { index, count: 3 }));
    const sharded = await train({ ...trainContext(), shards: parts }, data, settings);
    expect(Object.keys(sharded)).toEqual(Object.keys(files));
    for (const [name, bytes] of Object.entries(files))
      expect(Buffer.from(sharded[name]!).equals(Buffer.from(bytes)), name).toBe(true);
  });

  it('has no customer and no payee in its artefact', () => {
    const text = Object.values(files)
      .map((bytes) => Buffer.from(bytes).toString('latin1'))
      .join('\n');
    const named = [...textColumn(data.table, 'customerId'), ...textColumn(data.table, 'merchant')];
    for (const name of new Set(named.filter((value) => value !== null))) expect(text).not.toContain(name);
  });

  it('refuses an artefact that kept its customers, as one of a former definition', async () => {
    const former = { ...files, 'customers.json': new Uint8Array() };
    await expect(openPredictor(former)).rejects.toMatchObject({ code: 'ARTEFACT_OUTDATED' });
  });

  it('has no income share with eight customers', () => {
    expect(predictor.model.pooledIncome!.weights).toHaveLength(3);
    expect(predictor.model.pooledIncome!.share).toBe(0);
  });
});

describe('explanations', () => {
  it.each(['-01', '-07', '-30'])('of the first month from day %s on add up', async (day) => {
    const asOf = `${isoDate(cut).slice(0, 7)}${day}`;
    const request = { ...stored(), asOf, horizonDays: 40 };
    const answer = await answerOf(request);
    const { month, total, components, sentences } = await whyOf(request);
    expect([month, total]).toEqual([answer.monthly[0]!.month, answer.monthly[0]!.total.mean]);
    const sum = components.reduce((all, { amount }) => all + amount, 0);
    // Parts below half a unit are not listed.
    expect(Math.abs(sum - total)).toBeLessThan(0.005 * total + 2);
    const due = answer.bills.filter(({ next }) => next === month);
    expect(components.filter(({ name }) => name.startsWith('bill: '))).toHaveLength(due.length);
    const words = sentences.join(' ');
    if (due.length === 0) expect(words).toContain('No recurring bill is due');
    for (const { payee, category } of due.slice(0, 3)) expect(words).toContain(payee ?? category);
    // A part of a month is not compared with a whole one.
    expect(words.includes('of the same month a year before')).toBe(day === '-01');
  });

  it('say that similar customers stand in where little is known', async () => {
    expect((await whyOf({ transactions: [] })).sentences.at(-1)).toMatch(/^No whole month of this customer is known/);
    const sent = isoDate(cut - 25);
    const little = await whyOf({ transactions: [{ bookedAt: sent, amount: -900 }], asOf: isoDate(cut) });
    expect(little.sentences.at(-1)).toMatch(/^(No whole month|Only 1 whole month is)/);
  });
});

describe('what a request knows of its customer', () => {
  it('is the stored history up to its moment by default', async () => {
    const answer = await answerOf({ ...stored(), horizonDays: 30 });
    expect(answer).toMatchObject({ customerKnown: true, asOf: isoDate(cut), knownTo: isoDate(cut - 1), notes: [] });
    expect(answer.historyMonths).toBeGreaterThan(20);
  });

  it('is required: a history, or transactions', async () => {
    expect(predictor.input.safeParse({ customerId: KNOWN }).success).toBe(false);
    const unknown = predictor.predict([{ customerId: 'customer-001', history: null }]);
    await expect(unknown).rejects.toMatchObject({ code: 'CUSTOMER_NOT_FOUND' });
    const sent = await answerOf({ customerId: 'customer-001', history: null, transactions: [], horizonDays: 5 });
    const anonymous = await answerOf({ transactions: [], horizonDays: 5 });
    expect(sent).toEqual(anonymous);
    expect(sent).toMatchObject({ customerKnown: false, knownTo: null, coldStart: true });
  });

  it.each(['', 'Mars/Olympus', '+05:30'])('is refused with the time zone %j', (timeZone) => {
    const history = { ...states.get(KNOWN)!, timeZone };
    expect(predictor.input.safeParse({ history }).error?.issues[0]?.path).toEqual(['history', 'timeZone']);
  });

  it('is described with what code says of it', () => {
    expect(describedInput(predictor.input)).toMatchObject({
      anyOf: [{ required: ['history'] }, { required: ['transactions'] }],
      properties: {
        history: { anyOf: [{ properties: { timeZone: { enum: expect.arrayContaining(['UTC']) as [] } } }, {}] },
      },
    });
  });

  it('includes later transactions; those of known days are ignored and counted', async () => {
    const later = [
      { bookedAt: isoDate(cut), amount: -500, category: 'dining' },
      { bookedAt: isoDate(cut + 3), amount: -700, category: 'dining' },
    ];
    const known = { bookedAt: isoDate(cut - 2), amount: -9000, category: 'rent' };
    const answer = await answerOf({ ...stored(), transactions: later, horizonDays: 30 });
    expect(answer).toMatchObject({ asOf: isoDate(cut + 4), knownTo: isoDate(cut + 3), notes: [] });
    const overlapping = await answerOf({ ...stored(), transactions: [known, ...later], horizonDays: 30 });
    expect(overlapping.notes).toEqual([expect.stringMatching(/^1 of 3 transactions are ignored: the history knows/)]);
    expect({ ...overlapping, notes: [] }).toEqual(answer);
  });

  it('forecasts what is left after refunds', async () => {
    const first = monthOfDay(cut) - 18;
    const transactions = Array.from({ length: 18 }, (_, i) => {
      const on = (day: number): string => isoDate(firstDayOf(first + i) + day - 1);
      const shop = { category: 'shopping', merchant: 'webshop' };
      return [
        { bookedAt: on(10), amount: -10_000, ...shop },
        { bookedAt: on(14), amount: 5000, ...shop },
        { bookedAt: on(3), amount: -3000, category: 'groceries', merchant: 'market' },
      ];
    }).flat();
    const { monthly } = await answerOf({ transactions, asOf: isoDate(firstDayOf(first + 18)), horizonDays: 31 });
    const shopping = monthly[0]!.categories['shopping']!;
    expect(shopping.mean).toBeGreaterThan(4500);
    expect(shopping.mean).toBeLessThan(5500);
    expect(monthly[0]!.total.mean).toBeLessThan(9000);
  });

  it('includes transactions of the last known day that the history does not hold', async () => {
    const today = { bookedAt: isoDate(cut - 1), amount: -432.1, category: 'dining', merchant: 'CANTEEN' };
    const { history } = stored();
    const held = stateOf(
      [
        ...movementsOf(history!),
        { day: cut - 1, amount: 432.1, category: 'dining', payee: 'CANTEEN', instalments: null },
      ],
      cut,
    );
    const request = { horizonDays: 40, asOf: isoDate(cut) };
    const sent = await answerOf({ ...request, history, transactions: [today] });
    expect(sent).toEqual(await answerOf({ ...request, history: held, transactions: [] }));
    const again = await answerOf({ ...request, history: held, transactions: [today] });
    expect(again.notes).toHaveLength(1);
    expect({ ...again, notes: [] }).toEqual(sent);
    const twice = await answerOf({ ...request, history: held, transactions: [today, today] });
    expect(twice.notes[0]).toMatch(/^1 of 2 transactions/);
  });

  it('ends with the history when a later day is asked for without transactions, and the answer says so', async () => {
    const asOf = isoDate(firstDayOf(monthOfDay(cut) + 2));
    const gap = await answerOf({ ...stored(), asOf, horizonDays: 31 });
    const whole = await answerOf({ ...stored(), horizonDays: parseIsoDate(asOf)! - cut + 31 });
    expect(gap.knownTo).toBe(isoDate(cut - 1));
    expect(gap.notes).toEqual([
      `history known to ${isoDate(cut - 1)}: what happened from ${isoDate(cut)} to ${isoDate(parseIsoDate(asOf)! - 1)} is forecast too`,
    ]);
    // The months between count as unknown, not as months without spending.
    expect(gap.monthly[0]).toEqual(whole.monthly.find(({ month }) => month === asOf.slice(0, 7)));
    expect(gap.bills.every(({ next }) => next === null || next >= asOf.slice(0, 7))).toBe(true);
    const silent = await answerOf({ ...stored(), asOf, transactions: [], horizonDays: 31 });
    expect(silent.notes).toEqual([]);
    expect(silent.monthly[0]!.total.mean).toBeLessThan(gap.monthly[0]!.total.mean);
    const tooLate = predictor.predict([{ ...stored(), asOf: isoDate(cut + 1200), horizonDays: 31 }]);
    await expect(tooLate).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('ends before the first day to forecast when that lies in the past of the history', async () => {
    const asOf = isoDate(firstDayOf(monthOfDay(cut) - 3));
    const before = await answerOf({ ...stored(), asOf, horizonDays: 31 });
    const then = await answerOf({
      customerId: KNOWN,
      history: statesAt(data, parseIsoDate(asOf)!).get(KNOWN)!,
      horizonDays: 31,
    });
    expect(before.notes).toEqual([
      expect.stringContaining('later movements are left out, corrections since then are not undone'),
    ]);
    expect({ ...before, notes: [] }).toEqual(then);
  });

  it('has last payments in the past, and no bill that has ended', async () => {
    const history = states.get(KNOWN)!;
    const ended = history.streams.map(([category, payee, flat]): SpendingState['streams'][number] =>
      payee === 'TELEPHONE' ? [category, payee, flat.slice(0, -8)] : [category, payee, flat],
    );
    for (const asOf of [isoDate(cut), isoDate(cut - 20)]) {
      const { bills } = await answerOf({ ...stored(), asOf, horizonDays: 60 });
      expect(bills.map(({ payee }) => payee)).toContain('TELEPHONE');
      for (const { lastPaid } of bills) expect(lastPaid === null || lastPaid < asOf).toBe(true);
      expect(bills.some(({ lastPaid }) => lastPaid !== null)).toBe(true);
    }
    const { bills } = await answerOf({ history: { ...history, streams: ended }, horizonDays: 60 });
    expect(bills.map(({ payee }) => payee)).not.toContain('TELEPHONE');
  });
});

describe('evaluation', () => {
  it('asks with the state that the store would have had on the day, bit for bit', async () => {
    const everything = { schema: holdout.schema, table: holdout.history! };
    const { customers, from, until } = readHoldout(holdout);
    for (const month of [from, until - 1]) {
      const then = statesAt(everything, firstDayOf(month));
      for (const [customer, rows] of customers) {
        const evaluated = requestAt(customer, rows, month, 1);
        const horizonDays = evaluated.horizonDays!;
        const parts = { customerId: customer, features: {}, asOf: firstDayOf(month) * DAY_MS };
        const known = requestFeatures.known.parse({
          horizonDays,
          ...(then.has(customer) ? {} : { transactions: [], asOf: evaluated.asOf }),
        });
        const state = then.get(customer);
        const byReference = requestFeatures.inputOf({
          ...parts,
          known,
          states: { 'spending-history': state === undefined ? null : { state, asOf: parts.asOf } },
        });
        expect(await answerOf(byReference as SpendingRequest)).toEqual(await answerOf(evaluated));
      }
    }
  });

  it('judges customers that training never saw, in two parts and in both together', async () => {
    const { schema, table, history } = holdout;
    const owners = textColumn(table, 'customerId');
    const part = (wanted: boolean): TrainingData => {
      const rows = [...owners.keys()].filter((row) => owners[row]! > 'customer-04' === wanted);
      return { schema, table: selectRows(table, rows), history: history! };
    };
    const others = textColumn(data.table, 'customerId');
    const learned = selectRows(
      data.table,
      [...others.keys()].filter((row) => others[row]! <= 'customer-04'),
    );
    const opened = await openPredictor(await train(trainContext(), { schema, table: learned }, settings));
    const parts = [part(true), part(false)];
    const scored = await Promise.all(parts.map((one) => score(opened, one, trainContext())));
    const whole = await score(opened, holdout, trainContext());
    await opened.close();
    expect(scored[0]!.rowCount + scored[1]!.rowCount).toBe(whole.rowCount);
    const frozen = evaluate(scored[0]!, parts[0]!, trainContext()).metrics[0]!;
    expect(frozen.value).toBeLessThan(0.2);
    const simple = baseline(data, parts[0]!).scored;
    expect(simple.rowCount).toBe(scored[0]!.rowCount);
    expect(compare(scored[0]!, simple, 'baseline', trainContext()).n).toBeGreaterThan(0);
  });
});
