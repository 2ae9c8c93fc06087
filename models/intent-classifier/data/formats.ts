import type { FileFormat } from '../../../contracts/dataset.js';
import { banking77 } from './formats/banking77.js';
import { clinc150 } from './formats/clinc150.js';
import { hinglishTop } from './formats/hinglish-top.js';
import { intents } from './formats/intents.js';
import { linePairs } from './formats/line-pairs.js';
import { nlupp } from './formats/nlupp.js';
import { taggedBlocks } from './formats/tagged-blocks.js';

/** The layouts that `--data-path` accepts, each a line of its own; described in docs/data-formats.md. */
export const fileFormats: readonly FileFormat[] = [
  clinc150,
  nlupp,
  linePairs,
  taggedBlocks,
  banking77,
  hinglishTop,
  intents,
];
