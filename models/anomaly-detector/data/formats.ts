import type { FileFormat } from '../../../contracts/dataset.js';
import { fraudHandbook } from './formats/fraud-handbook.js';
import { transactions } from './formats/transactions.js';

/** The layouts that `--data-path` accepts, each a line of its own; described in docs/data-formats.md. */
export const fileFormats: readonly FileFormat[] = [transactions, fraudHandbook];
