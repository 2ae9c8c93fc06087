import { Tensor } from 'onnxruntime-node';
import { PipelineError, pipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles, Explained, Predictor } from '../../../contracts/model-definition.js';
import { isoDate, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import { type Graph, nextTurn, openGraph, readJson } from '../../../learning/artefact/index.js';
import { type ForecasterState, forecastFeeds, graphOutputs } from '../../../learning/time-series/forecasting/index.js';
import { answerOf, output, type SpendingAnswer } from './answer.js';
import { type ChoiceCache, createChoiceCache } from './choice-cache.js';
import { explainAnswer, type SpendingExplanation } from './explain.js';
import { composeForecast, curvesOf, MOST_MONTHS, prepareForecast } from '../forecast/customer-forecast.js';
import { learnedModel, type LearnedModel } from '../forecast/learned-model.js';
import type { Span } from '../forecast/recurring.js';
import { firstIncompleteMonth } from '../data/read-table.js';
import { type KnownHistory, knownHistory } from './known-history.js';
import { input, type SpendingRequest } from './request.js';
import { unseenCategoryNotes } from './sent-transactions.js';
import { categoriesOf } from '../data/spending-history.js';

/** The opened artefact. */
interface Opened {
  readonly model: LearnedModel;
  readonly graph: Graph;
  readonly choices: ChoiceCache;
}

/** (states,) of (months,) means, evaluated by the ONNX graph. */
function runCurves(graph: Graph, states: readonly ForecasterState[], count: number): Float64Array[] {
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
  const { mean } = graph.run(Object.fromEntries(feeds), [graphOutputs.mean]);
  const values = mean!.data as Float64Array;
  return states.map((_, row) => values.slice(row * count, (row + 1) * count));
}

/**
 * Months that are forecast: from the first one that is not known completely to that of the last day asked for. Months
 * between the known history and `asOf` are forecast with them, because unknown months are not months without spending.
 * @throws PipelineError `INVALID_INPUT` when the history ends too long before.
 */
function spanOf({ asOf, until }: KnownHistory, days: number): Span {
  const asked = monthOfDay(asOf);
  const from = until === null ? asked : Math.min(asked, firstIncompleteMonth(until));
  const count = monthOfDay(asOf + days - 1) - from + 1;
  if (count <= MOST_MONTHS) return { from, count };
  const last = isoDate(asOf + days - 1);
  const message = `a forecast to ${last} is ${count} months from the known history, wanted at most ${MOST_MONTHS}; send the transactions since`;
  throw new PipelineError('INVALID_INPUT', message, { field: 'asOf', months: count });
}

/** Transactions of a request from which on reading, choosing and forecasting are turns of the event loop each. */
const MANY_TRANSACTIONS = 1000;

/** In several turns of the event loop: long histories take tens of milliseconds. */
async function predictOne({ model, graph, choices }: Opened, request: SpendingRequest): Promise<SpendingAnswer> {
  const isMany = (request.transactions?.length ?? 0) >= MANY_TRANSACTIONS;
  const pause = (): Promise<void> => (isMany ? nextTurn() : Promise.resolve());
  const found = knownHistory(request, model);
  await pause();
  const held = request.history ? categoriesOf(request.history) : [];
  const notes = [...found.notes, ...unseenCategoryNotes(request.transactions ?? [], model, held)];
  const known = { ...found, notes };
  const days = request.horizonDays ?? model.horizonDays;
  const span = spanOf(known, days);
  const champions = await choices.championsFor(request.customerId, known.history, span.from);
  await pause();
  const prepared = prepareForecast(known.history, span, model, champions);
  await pause();
  const means = runCurves(graph, curvesOf(prepared, model), span.count);
  return answerOf({ known, forecast: composeForecast(prepared, means, model), model, days });
}

/** The predictor with the members that only this model's own code uses. */
export interface SpendingPredictor extends Predictor<SpendingRequest, SpendingAnswer> {
  readonly model: LearnedModel;
  explain(request: SpendingRequest): Promise<Explained<SpendingAnswer, SpendingExplanation>>;
}

/** File in which artefacts of definition version 2 and before kept their customers. */
const FORMER_CUSTOMERS = 'customers.json';

/** @throws PipelineError `ARTEFACT_OUTDATED`. */
function requirePresentFormat(files: ArtefactFiles): void {
  if (files[FORMER_CUSTOMERS] === undefined) return;
  throw pipelineError('ARTEFACT_OUTDATED', {
    found: `${FORMER_CUSTOMERS}, where definition versions 1 and 2 kept the history of each customer`,
    wanted: 'definition version 3, which reads it from the stored state spending-history',
  });
}

/**
 * Opens an artefact. A request contains what is known of a customer: the stored history, the transactions since, or all
 * transactions of a new one; the answer forecasts months, weeks and days. A forecast begins on the day after the known
 * data, if necessary within a month.
 * @throws PipelineError `ARTEFACT_INVALID`, `ARTEFACT_OUTDATED`; `predict`: `CUSTOMER_NOT_FOUND` without a history and
 *   transactions, `INVALID_INPUT` when the history ends too long before the days asked for.
 */
export async function openPredictor(files: ArtefactFiles): Promise<SpendingPredictor> {
  requirePresentFormat(files);
  const model = readJson(files, 'model.json', learnedModel);
  const graph = await openGraph(files, 'curves.onnx');
  const opened = { model, graph, choices: createChoiceCache(model) };
  return {
    input,
    output,
    notes: [],
    model,
    async predict(inputs) {
      const answers: SpendingAnswer[] = [];
      for (const [i, request] of inputs.entries()) {
        if (i > 0) await nextTurn(); // a forecast takes milliseconds
        answers.push(await predictOne(opened, request));
      }
      return answers;
    },
    async explain(request) {
      const answer = await predictOne(opened, request);
      return { output: answer, explanation: explainAnswer(answer) };
    },
    close: () => graph.close(),
  };
}
