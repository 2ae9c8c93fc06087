import { z } from 'zod';

/** Text of a request under the rule of data files: empty is unknown. */
export const optionalText = (longest = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .max(longest)
    .nullish()
    .overwrite((text) => (text === '' ? null : text));
