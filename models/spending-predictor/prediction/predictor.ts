import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { PipelineError, pipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles, Explained, Predictor } from '../../../contracts/model-definition.js';
import { dayOfTime, isoDate, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import { openGraph, readJson } from '../../../learning/artefact/index.js';
import { type ForecasterState, forecastFeeds, graphOutputs } from '../../../learning/time-series/forecasting/index.js';
import { answerOf, output, type SpendingAnswer } from './answer.js';
import { explainAnswer, type SpendingExplanation } from './explain.js';
import { restoreCustomer, storedCustomers, type StoredCustomers } from './customer-store.js';
import {
  type Champions,
  composeForecast,
  curvesOf,
  prepareForecast,
  type PreparedForecast,
} from '../forecast/customer-forecast.js';
import { addMovement, emptyHistory, type History, dropPartialFirstMonth } from '../forecast/history.js';
import { learnedModel, type LearnedModel } from '../forecast/learned-model.js';
import { firstIncompleteMonth } from '../data/read-table.js';
import { input, type SpendingRequest } from './request.js';
import { internalCategories, UNKNOWN_CATEGORY } from '../data/vocabulary.js';

/** The opened artefact. */
interface Opened {
  readonly model: LearnedModel;
  readonly customers: StoredCustomers['customers'];
  readonly session: InferenceSession;
}

/** (states,) of (months,) means, evaluated by the ONNX graph. */
async function runCurves(
  session: InferenceSession,
  states: readonly ForecasterState[],
  count: number,
): Promise<Float64Array[]> {
  if (states.length === 0) return [];
  const feeds = Object.entries(forecastFeeds(states, count)).map(
    ([name, { type, data, dims }]) =>
      [
        name,
        type === 'int64'
          ? new Tensor('int64', data as BigInt64Array, dims)
          : new Tensor('float64', data as Float64Array, dims),
      ] as const,
  );
  const { mean } = await session.run(Object.fromEntries(feeds), [graphOutputs.mean]);
  const values = mean!.data as Float64Array;
  return states.map((_, row) => values.slice(row * count, (row + 1) * count));
}

type SentTransaction = NonNullable<SpendingRequest['transactions']>[number];

/** Adds a sent transaction, except moves between the customer's own accounts. @returns its day. */
function addSent(history: History, sent: SentTransaction): number {
  const { bookedAt, amount, category, merchant, instalments } = sent;
  const day = dayOfTime(Date.parse(bookedAt));
  const kind = category ?? UNKNOWN_CATEGORY;
  const row = { day, amount: -amount, category: kind, payee: merchant ?? null, instalments: instalments ?? null };
  const ignored = amount === 0 || (amount > 0 && row.instalments !== null);
  if (!ignored && !internalCategories.has(kind)) addMovement(history, row);
  return day;
}

/**
 * Months without a row count as months without spending, so a request for a later month must contain the transactions
 * since the training data, even if there are none. @throws PipelineError `INVALID_INPUT`.
 */
function requireNoGap(knownUntil: number, { transactions, asOf }: SpendingRequest): void {
  if (transactions !== undefined || asOf === undefined) return;
  if (monthOfDay(dayOfTime(Date.parse(asOf))) <= firstIncompleteMonth(knownUntil)) return;
  const since = isoDate(knownUntil);
  const message = `transactions: required for asOf ${asOf}, the training data end before ${since}; send all since then, [] if there are none`;
  throw new PipelineError('INVALID_INPUT', message, { field: 'transactions', knownUntil: since, asOf });
}

type Stored = Opened['customers'][string];

/** The stored customer, if known. Own properties only: `constructor` is not a customer. */
const storedOf = ({ customers }: Opened, { customerId }: SpendingRequest): Stored | undefined =>
  customerId !== undefined && Object.hasOwn(customers, customerId) ? customers[customerId] : undefined;

/**
 * A request for an unknown customer must contain transactions, so that a misspelt id is not answered with the forecast of
 * an average customer. @throws PipelineError `CUSTOMER_NOT_FOUND`.
 */
function requireKnown(opened: Opened, request: SpendingRequest): void {
  if (request.transactions !== undefined || storedOf(opened, request) !== undefined) return;
  throw pipelineError('CUSTOMER_NOT_FOUND', { field: 'customerId' });
}

/** The customer's history with the sent transactions, and the first day to forecast. */
function historyOf(opened: Opened, request: SpendingRequest): { history: History; asOf: number } {
  const { transactions = [], asOf } = request;
  const stored = storedOf(opened, request);
  const history = stored === undefined ? emptyHistory() : restoreCustomer(stored);
  const end = asOf === undefined ? Infinity : dayOfTime(Date.parse(asOf));
  let latest = -Infinity;
  for (const sent of transactions) {
    if (dayOfTime(Date.parse(sent.bookedAt)) >= end) continue;
    latest = Math.max(latest, addSent(history, sent));
  }
  for (const { payments } of history.streams.values()) payments.sort((a, b) => a.day - b.day);
  if (stored === undefined) dropPartialFirstMonth(history);
  return { history, asOf: asOf === undefined ? Math.max(opened.model.knownUntil, latest + 1) : end };
}

/** A request with its history and the forecast before its curves are evaluated. */
interface Prepared {
  readonly request: SpendingRequest;
  readonly asOf: number;
  readonly days: number;
  readonly history: History;
  readonly forecast: PreparedForecast;
}

function prepare(opened: Opened, request: SpendingRequest): Prepared {
  requireKnown(opened, request);
  requireNoGap(opened.model.knownUntil, request);
  const { history, asOf } = historyOf(opened, request);
  const days = request.horizonDays ?? opened.model.horizonDays;
  const from = monthOfDay(asOf);
  const count = monthOfDay(asOf + days - 1) - from + 1;
  const champions = (storedOf(opened, request)?.champions ?? { categories: {} }) as Champions;
  const forecast = prepareForecast(history, { from, count }, opened.model, champions);
  return { request, asOf, days, history, forecast };
}

async function predictOne(opened: Opened, request: SpendingRequest): Promise<SpendingAnswer> {
  const { asOf, days, history, forecast } = prepare(opened, request);
  const customerKnown = storedOf(opened, request) !== undefined;
  const means = await runCurves(opened.session, curvesOf(forecast, opened.model), forecast.span.count);
  const composed = composeForecast(forecast, means, opened.model);
  return answerOf({ customerKnown, forecast: composed, history, model: opened.model, asOf, days });
}

/** The predictor with the members that only this model's own code uses. */
export interface SpendingPredictor extends Predictor<SpendingRequest, SpendingAnswer> {
  readonly model: LearnedModel;
  explain(request: SpendingRequest): Promise<Explained<SpendingAnswer, SpendingExplanation>>;
}

/**
 * Opens an artefact. A request names a customer of the training data with the transactions since, or contains all
 * transactions of a new one; the answer forecasts months, weeks and days. A forecast begins on the day after the known
 * data, if necessary within a month.
 * @throws PipelineError `ARTEFACT_INVALID`; `predict`: `INVALID_INPUT` for a month after the known data without
 *   transactions, `CUSTOMER_NOT_FOUND` for an unknown customer without transactions.
 */
export async function openPredictor(files: ArtefactFiles): Promise<SpendingPredictor> {
  const model = readJson(files, 'model.json', learnedModel);
  const { customers } = readJson(files, 'customers.json', storedCustomers);
  const session = await openGraph(files, 'curves.onnx');
  const opened = { model, customers, session };
  return {
    input,
    output,
    notes: [],
    model,
    async predict(inputs) {
      const answers: SpendingAnswer[] = [];
      for (const request of inputs) answers.push(await predictOne(opened, request));
      return answers;
    },
    async explain(request) {
      const answer = await predictOne(opened, request);
      return { output: answer, explanation: explainAnswer(answer) };
    },
    close: () => session.release(),
  };
}
