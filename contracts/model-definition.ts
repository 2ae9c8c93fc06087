import type { ColumnNeeds } from './data-policy.js';
import type { z } from 'zod';
import type { BackendTable, SnapshotTables, TableColumns } from './backend.js';
import type { ArtefactFiles, ComputeContext } from './computation.js';
import type { DatasetSchema, Expectation, FileFormat, TrainingData } from './dataset.js';
import type { EntityStateView, StoredStates } from './entity-state.js';
import type { Comparison, Evaluation, Metric } from './evaluation.js';
import type { FeatureView } from './feature-view.js';
import type { Correctable } from './feedback.js';
import type { Labelling } from './labelling.js';
import type { Table } from './table.js';
import type { TableSchema } from './table-schema.js';

export type { ArtefactFiles, ComputeContext } from './computation.js';

/** What an evaluation may look at beside the scores; both are left out where there is none. */
export interface EvaluateContext extends ComputeContext {
  /** Files of the artefact that was scored: what training recorded for the card. */
  readonly artefact?: ArtefactFiles;
  /** The champion's scores of the same rows in the same order, as its `score` gave them. */
  readonly championScores?: Table;
}

export interface TrainContext extends ComputeContext {
  /** Survives a killed worker; the next attempt of the same step finds what was saved last. */
  readonly checkpoint: {
    load(): Promise<Uint8Array | null>;
    /** The bytes hold good until the promise settles. */
    save(bytes: Uint8Array): Promise<void>;
    /** True when a save would cost little beside what was computed since the last one. */
    isDue(): boolean;
  };
  /** The line's champion when this run continues it (`update`), else null: the model then learns on from there. */
  readonly champion: ArtefactFiles | null;
  /** What each shard computed, in shard order; empty for a model without `shards`. */
  readonly shards: readonly Uint8Array[];
  /**
   * A pretrained encoder's files, read by the caller.
   * @param name - hub name; the folder in `ENCODER_PATH` comes first.
   * @returns null when neither folder, cache nor network has it: the model then trains without.
   */
  encoder(name: string): Promise<EncoderFiles | null>;
}

/** A BERT-family encoder in the layout of a Hugging Face folder. */
export interface EncoderFiles {
  /** Hub name, or the folder's name. */
  readonly name: string;
  /** config.json */
  readonly config: Uint8Array;
  /** tokenizer.json */
  readonly tokenizer: Uint8Array;
  /** model.safetensors */
  readonly weights: Uint8Array;
  /** Of model.safetensors, hex; recorded in the artefact. */
  readonly weightsSha256: string;
}

/**
 * Work that is done in parts before `train`, each an activity of its own: a killed shard is redone alone, and more
 * workers share them.
 */
export interface Sharding<Params> {
  /** @param rows - of the data set, the holdout included. @returns number of shards; 0 = none. */
  count(rows: number, params: Params): number;
  /** @returns what `train` finds in `context.shards[index]`; depends on data, params, seed and index alone. */
  fit(
    context: ComputeContext,
    data: TrainingData,
    params: Params,
    shard: { readonly index: number; readonly count: number },
  ): Promise<Uint8Array>;
}

/** Ways to say what each word of a text contributes: leave one out, or LIME (Ribeiro et al. 2016). */
export const attributionMethods = ['occlusion', 'lime'] as const;
export type AttributionMethod = (typeof attributionMethods)[number];

/** An answer with what explains it. */
export interface Explained<Output = unknown, Explanation = unknown> {
  readonly output: Output;
  /** JSON, in the model's own form. */
  readonly explanation: Explanation;
}

/** Which inputs of a version a request brings. A ratio that follows from others counts as brought. */
export interface InputCoverage {
  /** Inputs that are unknown, in the version's order. */
  readonly missing: readonly string[];
  /** Those of `missing` whose value is a word that training has not seen. Absent: none can be. */
  readonly unseen?: readonly string[];
  /** Number of inputs that the version reads. */
  readonly inputs: number;
  /** Fewest known inputs that the version answers from; with fewer it abstains. */
  readonly fewestKnown: number;
}

/** An opened artefact. A model's own predictor adds what its `score`, `sampleInputs` and tests read. */
export interface Predictor<Input = unknown, Output = unknown> {
  /** Depends on the line the artefact was trained for, hence here and not on the definition. */
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  /**
   * What `input` would give for an input that plainly fits, at less cost; null: only the schema can tell. Absent: it is
   * always asked.
   */
  accept?(input: unknown): Input | null;
  /** Fields of an input that follow from others; examples of requests leave them out. Absent: none. */
  readonly derived?: readonly string[];
  /**
   * What a reader of every answer and score must know about this artefact, such as what was trained in place of what
   * was asked for. An evaluation of the artefact ends with these notes.
   */
  readonly notes: readonly string[];
  /** @param inputs - (n,), already parsed.  @returns (n,) in the same order; a batch equals one by one. */
  predict(inputs: readonly Input[]): Promise<Output[]>;
  /**
   * What an already parsed input lacks. The caller of `predict` asks first and gives no output for a request below
   * `fewestKnown`; evaluation scores every row. Absent: the schema requires whatever is needed.
   */
  coverage?(input: Input): InputCoverage;
  /**
   * Answers one input as `predict` does, and says why. Absent: the model explains nothing.
   * @param method - one of `attributionMethods`.  @default the model's own way
   */
  explain?(input: Input, method?: AttributionMethod): Promise<Explained<Output>>;
  /** What `explain` takes as its method. Absent: it has one way to explain. */
  readonly attributionMethods?: readonly AttributionMethod[];
  close(): Promise<void>;
}

/** What rows are read as of. */
export interface SnapshotMoment {
  /** Milliseconds. */
  readonly asOf: number;
  readonly source: string;
  /** IANA zone of the customers' clocks. Absent: the snapshot is older than this setting. */
  readonly timeZone?: string | undefined;
  /** Newest transaction of the whole source, in milliseconds. Absent: that of the tables. */
  readonly newestTransaction?: number | undefined;
}

/** Rows and features that a model takes from the backend (any source). */
export interface BackendDataset {
  /** The shape of a backend's rows; the generated backend and imported sources have it under their own line names. */
  readonly schema: DatasetSchema;
  /** Loaded for `rows`. */
  readonly tables: readonly BackendTable[];
  /** Loaded for `rows` too, but a source without rows in them is learned from all the same. */
  readonly optionalTables?: readonly BackendTable[];
  /** Columns of these tables that `rows` and `stateRows` read: they are given no other. Views name their own. */
  readonly columns: TableColumns;
  /** What a data policy may do to the columns all the same; views have needs of their own. Absent: nothing. */
  readonly needs?: ColumnNeeds;
  /** Joined to each row at its `as_of`, strictly earlier events only; a field becomes a column of its own name. */
  readonly views: readonly FeatureView[];
  /**
   * The labelled rows: at least `entity_id` (text), `as_of` (timestamp), the schema's key and label; plus features
   * known at `as_of` that are not in a view. A label may come from the future of `as_of`, a feature may not.
   */
  rows(tables: SnapshotTables, snapshot: SnapshotMoment): LabelledRows;
  /**
   * Timestamp columns that `rows` compares with the moment of the snapshot. Once all their values lie before it, a later
   * moment gives the same rows from the same tables, and the data set of an earlier run is reused. `{}`: it compares
   * none. Absent: the rows depend on the moment whatever the tables hold.
   */
  readonly comparedWithMoment?: TableColumns;
  /** The same rows, made part by part. Absent: the rows of all users are made at once. */
  readonly byUser?: RowsByUser;
  /**
   * Rows that the model's states are built from, where `rows` leaves out new ones whose label has not come yet: those
   * columns of the training table that the states read. Absent: the table of `rows`.
   */
  stateRows?(tables: SnapshotTables, snapshot: Pick<SnapshotMoment, 'timeZone'>): Table;
}

/** Rows of some users, of whom the tables hold all rows. */
export interface RowsOfUsers {
  /**
   * Consecutive parts of the training table, each in key order: the whole table has the first parts of all users, then
   * their second ones. They have the same columns.
   */
  readonly sections: readonly Table[];
  /** Numbers that are added up over all users, for `conclude`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What is known only once the rows of all users have been counted. */
export interface RowsConclusion {
  readonly notes: readonly string[];
  /** Rows with this text in this column are left out. */
  readonly leaveOut?: { readonly column: string; readonly value: string };
  /** Number columns that say nothing in this source: NaN in every row. */
  readonly unknown?: readonly string[];
}

/** Columns that are computed from the rows of many users, such as all payments to one merchant. */
export interface GroupedColumns {
  /** Text column whose value names the group. */
  readonly by: string;
  /** Timestamp column that orders a group. */
  readonly time: string;
  /** Number or timestamp column that `compute` reads beside the time. */
  readonly value: string;
  /** Columns that it adds. */
  readonly adds: readonly string[];
  /**
   * Of all rows of one group in order of time; equal times in any order.
   * @param times - (n,) milliseconds.  @param values - (n,)
   * @param into - (n,) one array for each column of `adds`, to be filled.
   */
  compute(times: Float64Array, values: Float64Array, into: readonly Float64Array[]): void;
  /** Values of a row that belongs to no group, one for each column of `adds`. */
  readonly ungrouped: readonly number[];
}

/**
 * How training rows follow from parts of the users, so that no process holds the rows of all. The result does not depend
 * on how the users are divided.
 */
export interface RowsByUser {
  /** Tables that are given whole for every part: small ones whose rows may name no user. @default none */
  readonly whole?: readonly BackendTable[];
  /** Text columns that `rows` only passes on: they are not read. @default none */
  readonly carried?: TableColumns;
  rows(tables: SnapshotTables, snapshot: SnapshotMoment): RowsOfUsers;
  conclude(counts: Readonly<Record<string, number>>): RowsConclusion;
  readonly grouped?: GroupedColumns;
}

export interface LabelledRows {
  readonly table: Table;
  /** Facts for the output, such as how many candidates were left out and why. */
  readonly notes: readonly string[];
}

/** A value of a request or of a feature; null = unknown. */
export type FeatureValue = number | string | null;
export type FeatureValues = Readonly<Record<string, FeatureValue>>;

/** A state that a request by reference reads. */
export interface StateRequest<Known = unknown> {
  readonly view: EntityStateView;
  /** False: an entity without a stored state is answered with null; true: it is `ENTITY_NOT_FOUND`. */
  readonly required: boolean;
  /** Whose state is read; null = the request names no such entity. Pure. */
  entityIdOf(request: Pick<RequestParts<Known>, 'customerId' | 'known'>): string | null;
}

/** Everything that a predictor's input is made of when a request names a customer. */
export interface RequestParts<Known = unknown> {
  readonly customerId: string;
  /** Parsed by the schema of the same name. */
  readonly known: Known;
  /** Fields of the feature views by name; null = unknown. */
  readonly features: FeatureValues;
  readonly states: StoredStates;
  /** Milliseconds: everything that was read is known up to this moment, the earliest of the views and states read. */
  readonly asOf: number;
}

/**
 * How a request that names a customer becomes the predictor's input: features of the views and states, read from the
 * online store, and what the caller knows. Training rows have the same views, evaluation builds the same states.
 */
export interface RequestFeatures<Known = unknown> {
  /** Views of the customer; all of them are read or none. */
  readonly views: readonly FeatureView[];
  /** Each view is one of the definition's `states`. */
  readonly states?: readonly StateRequest<Known>[];
  /** What only the caller knows at the moment of the request. */
  readonly known: z.ZodType<Known>;
  /**
   * The predictor's input. Pure.
   * @throws PipelineError `INVALID_INPUT` when what the caller knows contradicts what was read.
   */
  inputOf(request: RequestParts<Known>): unknown;
}

export interface CardFacts {
  readonly purpose: string;
  readonly intendedUsers: string;
  readonly outOfScope: readonly string[];
  readonly limits: readonly string[];
  readonly ethics: readonly string[];
}

/** How the prediction API offers a model. */
export interface ServingFacts {
  /** Last part of the path of its routes: `/predict/intent`. @default the model's name */
  readonly route?: string;
  /** A request with all inputs, for documentation; of nobody. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Fields of a request by their default there. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /**
   * What a request by reference gets when stored features are older than their time to live: a refusal, or an answer
   * that says so. @default 'answer'
   */
  readonly staleFeatures?: 'refuse' | 'answer';
  /**
   * What it gets when the store knows no such entity or does not answer: a refusal, or an answer from what the caller
   * sent alone, that says so and may abstain. @default 'refuse'
   */
  readonly missingFeatures?: 'refuse' | 'answer';
  /**
   * Seconds for which an answer may be repeated to an equal input, for models whose inputs repeat: elsewhere looking up
   * costs more than it saves. Absent: every answer is computed.
   */
  readonly cacheSeconds?: number;
  /**
   * Characters (Unicode code points) of the field `text` that the API takes: a longer text would hold up other requests. @default as
   * the predictor's input has it
   */
  readonly longestText?: number;
  /** Whether single requests of one moment are computed together, because several rows are cheaper than each alone. */
  readonly batched?: boolean;
  /** True: an answer leaves only after its row of the prediction log is on a disk. @default false */
  readonly durableLog?: boolean;
}

/** A condition for registration. Without `lines` it holds for every line. */
export type Gate =
  | {
      readonly kind: 'absolute';
      readonly metric: string;
      readonly atLeast?: number;
      readonly atMost?: number;
      /**
       * What a metric without a value does. `passes in dev`: only on a line that cannot leave dev; the finding says why
       * in either case. A metric that the evaluation does not list at all always fails. @default 'fails'
       */
      readonly notMeasurable?: 'fails' | 'passes in dev' | 'passes';
      readonly lines?: readonly string[];
    }
  /** The comparison's whole interval must lie above zero. */
  | { readonly kind: 'better-than'; readonly other: 'baseline'; readonly lines?: readonly string[] }
  /**
   * A refresh (the champion's definition and signature, other data) passes when it is not worse than the champion by
   * more than `margin`: the comparison's interval lies above −margin. A change must be better (interval above zero), or
   * not worse by more than `margin` with a stated reason. A line's first version passes.
   * `margin` > 0 in the unit of the comparison's metric; docs/evaluation.md says how it is chosen.
   */
  | { readonly kind: 'against-champion'; readonly margin: number; readonly lines?: readonly string[] };

/** Scores on a fixed test set. */
export type FixedTestResult = Pick<Evaluation, 'metrics' | 'slices' | 'notes'>;

export interface SearchDimension {
  readonly minimum: number;
  readonly maximum: number;
  readonly scale: 'linear' | 'log' | 'integer';
}

/**
 * Everything the system knows about a model. One folder = one definition; nothing else names the model.
 * The four computing steps run in a child process.
 * @typeParam Opened - the model's own predictor, which its `score` and `sampleInputs` get.
 */
export interface ModelDefinition<Params = unknown, Opened extends Predictor = Predictor> {
  readonly name: string;
  /** Raised when code changes what the same data and parameters give; a new minor version. */
  readonly definitionVersion: number;
  readonly task:
    | 'binary-classification'
    | 'multiclass-classification'
    | 'regression'
    | 'sequence-tagging'
    | 'forecasting'
    | 'anomaly-detection';
  readonly owner: string;
  readonly card: CardFacts;
  /**
   * Documented defaults; CLI flags are these names in kebab-case (`--max-depth` → `maxDepth`). Parsed where a person may
   * type (command line, `planTraining`); later steps take what was recorded.
   */
  readonly params: z.ZodType<Params>;
  readonly searchSpace: Readonly<Record<string, SearchDimension>>;
  readonly backend: BackendDataset;
  /** State of entities that requests by reference read; materialised by the data pipeline. */
  readonly states?: readonly EntityStateView[];
  /** Absent: a caller has to send every input. */
  readonly requestFeatures?: RequestFeatures;
  /** Absent: the API offers the model under its name, with the defaults of {@link ServingFacts}. */
  readonly serving?: ServingFacts;
  readonly fileFormats: readonly FileFormat[];
  /**
   * The layout that a schema of the user's own describes, a line of its own. Absent: the model reads its layouts only.
   * @throws PipelineError `INVALID_INPUT` for a schema that the model cannot learn by, such as a label of many classes.
   */
  tableFormat?(schema: TableSchema): FileFormat;
  readonly expectations: readonly Expectation[];
  readonly primaryMetric: string;
  readonly gates: readonly Gate[];
  /** Wall-clock limits for the workflow, recorded by `planTraining`. */
  readonly timeouts: { readonly trainMinutes: number; readonly evaluateMinutes: number };
  readonly driftFeatures: readonly string[];
  readonly shards?: Sharding<Params>;
  /** True when `train` continues `context.champion`: then `ml train --update` is allowed. @default false */
  readonly updatable?: boolean;
  /** How people label the messages that the model learns from; absent: its labels come with the data. */
  readonly labelling?: Labelling;
  /**
   * What of the backend the right answer in feedback corrects, so that the next training learns it. Absent: feedback is
   * kept as rows of `prediction_feedback` alone.
   */
  readonly corrects?: Correctable;
  /** Same data, params and seed give the same bytes. */
  train(context: TrainContext, data: TrainingData, params: Params): Promise<ArtefactFiles>;
  /** Loads an artefact for serving; evaluation uses the same path. */
  predictor(files: ArtefactFiles): Promise<Opened>;
  /**
   * Requests that span what the artefact answers, as a caller sends them. They are stored with their answers beside the
   * artefact for the smoke test, so none may be a person's row. Deterministic.
   */
  sampleInputs(predictor: Opened, data: TrainingData): readonly unknown[];
  /** What a program would answer that knows nothing but the obvious; same form as `score`. */
  baseline(train: TrainingData, holdout: TrainingData): { readonly name: string; readonly scored: Table };
  /** Truth and prediction a row, kept as a blob so that a comparison never scores twice. */
  score(predictor: Opened, holdout: TrainingData, context: ComputeContext): Promise<Table>;
  evaluate(scored: Table, holdout: TrainingData, context: EvaluateContext): Evaluation;
  /**
   * The first metric of `evaluate` alone, and its faults: all that is asked of a part of the holdout, without the cost of
   * the others. @default taken from `evaluate`
   */
  measurePrimary?(scored: Table, holdout: TrainingData, context: ComputeContext): Metric;
  /**
   * Scores on test data that come with the model and are the same for every version; they join the evaluation's. Empty
   * where the artefact cannot answer them, as with other labels. Nothing may be trained or tuned on such data.
   */
  fixedTest?(predictor: Opened, context: ComputeContext): Promise<FixedTestResult>;
  /** Paired, on the same rows in the same order. */
  compare(challenger: Table, other: Table, against: Comparison['against'], context: ComputeContext): Comparison;
}

/** Returns its argument; it infers parameters and predictor, and erases them for the catalogue. */
export function defineModel<Params, Opened extends Predictor>(
  definition: ModelDefinition<Params, Opened>,
): ModelDefinition {
  return definition;
}
