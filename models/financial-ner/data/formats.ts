import type { FileFormat } from '../../../contracts/dataset.js';
import { conll } from './formats/conll.js';
import { nerCsv, nerJson } from './formats/ner-json.js';
import { nluppSlots } from './formats/nlupp.js';

/** The layouts that `--data-path` accepts, each with its own line; see docs/data-formats.md. */
export const fileFormats: readonly FileFormat[] = [nerJson, nerCsv, nluppSlots, conll];
