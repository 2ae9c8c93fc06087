import { boundedText } from '../../../contracts/bounded-text.js';

/** Text of a request under the rule of data files: empty is unknown. */
export const optionalText = (longest = Number.MAX_SAFE_INTEGER) =>
  boundedText(longest)
    .nullish()
    .overwrite((text) => (text === '' ? null : text));
