import { writeJson } from '../../../learning/artefact/index.js';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { findEncoder } from '../../../learning/text/encoder/index.js';
import { textColumn } from '../../../learning/table.js';
import { encodeSpans, labelSet, tokenise, type Tokeniser } from '../../../learning/text/sequence-tagging/index.js';
import { buildDictionary } from './build-dictionary.js';
import type { EngineTask, FitEngine } from './engine.js';
import { fineTunedEngine } from './encoder-engine.js';
import { annotationRemarks, readExamples, readNames, requireLearnable, type Example } from '../data/examples.js';
import type { NerParams } from '../params.js';
import type { NerFacts } from '../prediction/predictor.js';
import { scratchEngine } from './scratch-engine.js';

/** CoNLL files, whose rows are sentences, are already tokenised. */
const tokeniserOf = ({ table }: TrainingData): Tokeniser =>
  textColumn(table, 'kind').every((kind) => kind === 'sentence') ? 'spaces' : 'words';

/** Known names for the lexicon: lower-case tokens → bit mask of the types' positions in `types`. */
function lexiconNames(data: TrainingData, types: readonly string[]): Map<string, number> {
  const names = new Map<string, number>();
  for (const { name, type } of readNames(data)) {
    const at = types.indexOf(type);
    if (at < 0) continue;
    const phrase = tokenise(name)
      .map((token) => token.text.toLowerCase())
      .join(' ');
    names.set(phrase, (names.get(phrase) ?? 0) | (1 << (at % 30)));
  }
  return names;
}

/** Prepares sentences, labels and names of a training table. @throws PipelineError as `readExamples`, `requireLearnable`. */
export function prepareTask(
  data: TrainingData,
  params: NerParams,
): EngineTask & { readonly examples: readonly Example[] } {
  const examples = readExamples(data);
  requireLearnable(examples, data.schema.line);
  const types = [...new Set(examples.flatMap(({ spans }) => spans.map(({ type }) => type)))].sort();
  const set = labelSet(types, 'bio');
  const tokeniser = tokeniserOf(data);
  const sentences = examples.map(({ text, spans }) => {
    const tokens = tokenise(text, tokeniser);
    return { words: tokens.map((token) => token.text), labels: encodeSpans(set, tokens, spans) };
  });
  const groups = examples.map(({ group }) => group);
  return { set, tokeniser, sentences, groups, names: lexiconNames(data, types), params, examples };
}

const FALLBACK = 'no encoder is to be had (ENCODER_PATH, cache or network), so the from-scratch engine was trained';

async function chooseEngine(context: TrainContext, params: NerParams): Promise<{ fit: FitEngine; notes: string[] }> {
  if (params.engine === 'from-scratch') return { fit: scratchEngine, notes: [] };
  const encoder = await findEncoder(context, params.encoder);
  return encoder ? { fit: fineTunedEngine(encoder), notes: [] } : { fit: scratchEngine, notes: [FALLBACK] };
}

/**
 * Trains one engine. The artefact has the graph (`model.onnx`), the files for its input and output, the dictionary of
 * names (`dictionary.json`) and facts on the training (`facts.json`). Deterministic given the seed.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`; `MALFORMED_FILE` (encoder).
 */
export async function train(context: TrainContext, data: TrainingData, params: NerParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const task = prepareTask(data, params);
  const { fit, notes } = await chooseEngine(context, params);
  const trained = await fit(context, task);
  const facts: NerFacts = {
    schemaVersion: 1,
    engine: trained.engine,
    ...(data.schema.dateOrder !== undefined && { dateOrder: data.schema.dateOrder }),
    notes: [...notes, ...annotationRemarks(task.examples), ...trained.notes],
  };
  return {
    ...trained.files,
    'dictionary.json': writeJson(buildDictionary(task.examples, readNames(data))),
    'facts.json': writeJson(facts),
  };
}
