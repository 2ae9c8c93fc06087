import type { FileFormat } from '../../../contracts/dataset.js';
import { creditApplications } from './formats/credit-applications.js';
import { german } from './formats/german.js';
import { taiwan } from './formats/taiwan.js';

/** The layouts that `--data-path` accepts, each a line of its own; described in docs/data-formats.md. */
export const fileFormats: readonly FileFormat[] = [creditApplications, taiwan, german];
