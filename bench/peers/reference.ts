import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The XGBoost release that all comparisons are made with. */
export const XGBOOST_VERSION = '3.2.0';

/** Numbers written by that release (hist, one thread); `tests/parity` checks them wherever it is installed. */
export const REFERENCE_FILE = join(import.meta.dirname, `xgboost-${XGBOOST_VERSION}.snap`);

export interface XgboostReference {
  /** First probabilities of each setting of the parity test. */
  readonly settings: Readonly<Record<string, readonly number[]>>;
  /** First amounts of each loss of the parity test. */
  readonly regression: Readonly<Record<string, readonly number[]>>;
  readonly taiwanFoldAuc: readonly number[];
  readonly germanFoldAuc: readonly number[];
}

export async function readReference(): Promise<XgboostReference> {
  return JSON.parse(await readFile(REFERENCE_FILE, 'utf8')) as XgboostReference;
}
