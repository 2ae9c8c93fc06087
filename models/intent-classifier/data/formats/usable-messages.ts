import { withoutBlanks } from '../../../../learning/blank-rows.js';
import { unlabelledRemarks } from '../../../../learning/checks.js';
import { normaliseLabel } from '../../../../learning/text/label-names.js';
import { type LabelledMessage, type MessagePlace, requireMessage } from './message-table.js';

/** A message with where it stands. */
export interface PlacedMessage extends LabelledMessage {
  readonly place: MessagePlace;
}

/**
 * The messages of a data set without blank ones (up to a tenth) and those without a label (up to a fifth).
 * @param remark - is told how many were left out.
 * @throws PipelineError `MALFORMED_FILE`, `INVALID_VALUE` where they are more, or a label has no text or a text is too long.
 */
export function usableMessages(
  all: readonly PlacedMessage[],
  remark: (sentence: string) => void,
): readonly PlacedMessage[] {
  const hasLabel = ({ intent }: PlacedMessage): boolean => normaliseLabel(intent) !== '';
  const { file } = all[0]?.place ?? {};
  const place = file === undefined ? {} : { file };
  const isBlank = (message: PlacedMessage): boolean => message.text.trim() === '' && !hasLabel(message);
  const filled = withoutBlanks(all, isBlank, { place, remark });
  const labelled = filled.filter(hasLabel);
  const unlabelled = filled.length - labelled.length;
  for (const sentence of unlabelledRemarks(unlabelled, filled.length, { ...place, column: 'intent' })) remark(sentence);
  for (const message of labelled) requireMessage(message, message.place);
  return labelled;
}
