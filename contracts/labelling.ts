import type { ArtefactFiles, ComputeContext } from './computation.js';

/** A part of a text with its type; offsets in UTF-16 code units, the end excluded. */
export interface LabelledSpan {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** What an artefact learned of the names that labels may hold. */
export interface LearnedNames {
  readonly names: readonly string[];
  /** True where a message has any number of names. */
  readonly multiLabel: boolean;
}

/** What a model would answer to a message that nobody has labelled. */
export interface LabelSuggestion {
  readonly suggestion: string;
  /** The runner-up; empty where messages have several names. */
  readonly second: string;
  readonly confidence: number;
  /** How sure the answer is, from 0; the smaller, the more a label would teach. */
  readonly margin: number;
}

/** Labels are names of a whole message, stored in `chat_messages.intent`. The model's input is `{ text }`. */
export interface MessageLabelling {
  readonly kind: 'messages';
  /** The names within one stored label. */
  readonly parseLabel: (label: string) => readonly string[];
  /** Whether a name in a label says that the message has none of the names. */
  readonly isOutOfScope: (name: string) => boolean;
  /** @throws PipelineError `ARTEFACT_INVALID`. */
  readonly readLearned: (files: ArtefactFiles) => LearnedNames;
  /** @param output - what the model's predictor answered to the message. */
  readonly suggest: (output: unknown, learned: LearnedNames) => LabelSuggestion;
}

/** A text with its annotations. */
export interface AnnotatedText {
  readonly id: string;
  readonly text: string;
  /** Texts of one group never stand on both sides of a split; absent: a group of its own. */
  readonly group?: string;
  readonly spans: readonly LabelledSpan[];
}

/** A text whose annotations are probably wrong. */
export interface SuspiciousText {
  readonly id: string;
  /** The worst disagreement, in a few words. */
  readonly finding: string;
  /** How sure a model that did not see the text is of something else; 0 to 1. */
  readonly doubt: number;
  /** What that model would annotate. */
  readonly suggestion: readonly LabelledSpan[];
}

/** Labels are typed spans of a message, stored in `entity_annotations`. The model's input has the message as `text`. */
export interface SpanLabelling {
  readonly kind: 'spans';
  /** The types that an artefact may answer. @throws PipelineError `ARTEFACT_INVALID`. */
  readonly readTypes: (files: ArtefactFiles) => readonly string[];
  /** Reads a cell of a review. @param row - from 0. @throws PipelineError `INVALID_VALUE`. */
  readonly readSpans: (cell: string, row: number) => readonly LabelledSpan[];
  readonly writeSpans: (spans: readonly LabelledSpan[]) => string;
  /**
   * The texts whose annotations are most likely wrong, worst first; trains, so call it in a process of its own.
   * @throws PipelineError as training.
   */
  readonly findSuspicious: (
    context: ComputeContext,
    texts: readonly AnnotatedText[],
    count: number,
  ) => Promise<readonly SuspiciousText[]>;
}

/** How people label the messages that a model learns from. */
export type Labelling = MessageLabelling | SpanLabelling;
