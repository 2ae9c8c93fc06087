import { z } from 'zod';
import type { ArtefactFiles, Explained } from '../../../contracts/model-definition.js';
import { calibratedMargin } from '../../../learning/evaluation/calibration/calibration.js';
import { predictMargin } from '../../../learning/tabular/gradient-boosting/index.js';
import { matrix } from '../../../learning/numeric/matrix/index.js';
import { readTrees } from './trees.js';
import { openGraph, promiseTry, readJson, runGraph } from '../../../learning/artefact/index.js';
import { contributionsOf } from './contributions.js';
import { explanationFacts, reasonsFor, type Reason } from './explanation.js';
import { creditGraph } from './graph.js';
import {
  encodedWidth,
  encodeInputs,
  inputEncoder,
  inputSchema,
  plainInput,
  knownCells,
  preprocessing,
  rowCoverage,
  type Preprocessing,
  type RowInput,
  type RowPredictor,
} from '../../../learning/tabular/preprocessing/index.js';
import { contradictions, type Derivation, derivationsOf, withDerived } from '../data/derived-inputs.js';
import { readTableSchema } from '../../../learning/tabular/table-format/index.js';
import { describeField, type LabelOf, labelsFor } from './feature-labels.js';
import {
  bandNames,
  bandOf,
  scorecardOfDefinition1,
  pointsOf,
  scorecard,
  type BandName,
  type Scorecard,
} from './scorecard.js';

/** The predictor's output. */
export interface CreditRisk {
  /** Calibrated probability that the loan defaults, 0 to 1. */
  readonly probability: number;
  /** 20 more double the odds of repaying; 600 are 50 to 1. */
  readonly points: number;
  /** A = the safest fifth of training, E = the riskiest. */
  readonly band: BandName;
}

export type CreditInput = RowInput;

/** The output with its reasons. */
export interface CreditExplanation extends CreditRisk {
  /** At most four facts that raised the risk, the strongest first. */
  readonly reasons: readonly Reason[];
  /** At most four facts that lowered it. */
  readonly strengths: readonly Reason[];
  /** Unit of `contribution` and `contributions`. */
  readonly contributionUnit: 'log-odds';
  /** Log-odds of default before calibration; `expectedMargin` plus all contributions. */
  readonly margin: number;
  /** The margin of an application of which nothing is known. */
  readonly expectedMargin: number;
  /** Exact Shapley value of each feature (TreeSHAP). */
  readonly contributions: Readonly<Record<string, number>>;
}

/** The predictor with its typed explanation. */
export interface CreditPredictor extends RowPredictor<CreditRisk> {
  /** Ratios that a request may leave out, because its other fields give them. */
  readonly derivations: readonly Derivation[];
  explain(input: CreditInput): Promise<Explained<CreditRisk, CreditExplanation>>;
}

/** File `derived.json`: ratios that training rows compute from other columns; absent in older artefacts. */
export const derivedNames = z.array(z.string());

const output: z.ZodType<CreditRisk> = z.strictObject({
  probability: z.number().min(0).max(1),
  points: z.int().min(0).max(1000),
  band: z.enum(bandNames),
});

const { input, margin, probability } = creditGraph;
const graphNames = { input, outputs: [margin, probability] } as const;

function riskOf(card: Scorecard, margin: number, probability: number): CreditRisk {
  const points = pointsOf(calibratedMargin(card.calibration, margin));
  return { probability, points, band: bandOf(card.bands, points) };
}

/** Ratios that contradict the fields they follow from are refused, those left out are derived. */
const creditInput = (schema: z.ZodType<CreditInput>, derivations: readonly Derivation[]): z.ZodType<CreditInput> =>
  schema
    .check(({ value, issues }) => {
      for (const { feature, from } of contradictions(value, derivations))
        issues.push({
          code: 'custom',
          input: undefined,
          path: [feature],
          message: `contradicts what follows from ${from.join(', ')}; leave it out, or correct one of them`,
        });
    })
    .overwrite((value) => withDerived(value, derivations));

/** Trees and explanation facts are read at the first explanation; predicting does not need them. */
function explainer(files: ArtefactFiles, state: Preprocessing, labelOf: LabelOf) {
  const trees = readTrees(files);
  const facts = { ...readJson(files, 'explanation.json', explanationFacts), labelOf };
  return (input: CreditInput): Omit<CreditExplanation, keyof CreditRisk> => {
    const encoded = encodeInputs(state, [input]);
    const cells = knownCells(state, input);
    const { features, rows, expected } = contributionsOf(trees, state, encoded);
    const [margin] = predictMargin(trees, matrix(1, trees.featureCount, Float64Array.from(encoded)));
    return {
      contributionUnit: 'log-odds',
      reasons: reasonsFor(facts, rows[0]!, cells, 1),
      strengths: reasonsFor(facts, rows[0]!, cells, -1),
      margin: margin!,
      expectedMargin: expected,
      contributions: Object.fromEntries(features.map((name, i) => [name, rows[0]![i]!])),
    };
  };
}

/**
 * Loads an artefact: features by name in, calibrated probability of default, points and band out. Values are encoded as
 * in training; missing and unknown categories take the direction that the trees learned for missing values.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openPredictor(files: ArtefactFiles): Promise<CreditPredictor> {
  const state = readJson(files, 'preprocessing.json', preprocessing);
  const card = files['scorecard.json'] ? readJson(files, 'scorecard.json', scorecard) : scorecardOfDefinition1;
  const derivations = derivationsOf(files['derived.json'] ? readJson(files, 'derived.json', derivedNames) : []);
  const labelOf = labelsFor(readTableSchema(files));
  const graph = await openGraph(files, 'model.onnx');
  const width = encodedWidth(state);
  const plainOf = plainInput(state);
  let explain: ReturnType<typeof explainer> | null = null;
  const encode = inputEncoder(state);
  const risksOf = (inputs: readonly CreditInput[]): CreditRisk[] => {
    if (inputs.length === 0 || width === 0) return [];
    // Rows of an evaluation come without the input schema, which derives too.
    const encoded = encode(inputs.map((one) => withDerived(one, derivations)));
    const { margin, probability } = runGraph(graph, graphNames, encoded, inputs.length);
    return Array.from(margin, (value, row) => riskOf(card, value, probability[row]!));
  };
  return {
    input: creditInput(
      inputSchema(state, (name) => describeField(name, labelOf)),
      derivations,
    ),
    accept(input) {
      const plain = plainOf(input);
      return plain === null || contradictions(plain, derivations).length > 0 ? null : withDerived(plain, derivations);
    },
    derivations,
    derived: derivations.map(({ feature }) => feature),
    coverage: (input) => rowCoverage(state, input),
    output,
    notes: [],
    features: state.features,
    predict: (inputs) => promiseTry(() => risksOf(inputs)),
    explain: (input) =>
      promiseTry(() => {
        explain ??= explainer(files, state, labelOf);
        const [risk] = risksOf([input]);
        return { output: risk!, explanation: { ...risk!, ...explain(input) } };
      }),
    close: () => graph.close(),
  };
}
