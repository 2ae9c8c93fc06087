import type { InputCoverage } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { type EncodedFeature, isKnownCell, type RowInput } from './encoded-feature.js';

interface NamedFeature {
  readonly name: string;
}

/** What a preprocessing says of its inputs. */
interface ExpectedInputs {
  readonly features: readonly EncodedFeature[];
  /** As {@link fewestKnownOf} gave it at training. */
  readonly fewestKnown?: number | undefined;
}

/** Number of known features in each row. @returns (rows,) */
function knownCounts(table: Table, features: readonly NamedFeature[]): Int32Array {
  const counts = new Int32Array(table.rowCount);
  for (const { name } of features) {
    const column = table.columns[name];
    column?.values.forEach((value: number | string | null, row: number) => {
      if (value !== null && !Number.isNaN(value)) counts[row]! += 1;
    });
  }
  return counts;
}

/** A request may lack this share of the features even where no training row lacked any. */
const SPARED = 0.2;

/**
 * Fewest known features of a request that is answered: as few as the emptiest training row had, because the model never
 * learned from less; but no more than four fifths, because complete training rows say nothing about gaps.
 */
export function fewestKnownOf(table: Table, features: readonly NamedFeature[]): number {
  const most = Math.ceil((1 - SPARED) * features.length);
  return knownCounts(table, features).reduce((fewest, known) => Math.min(fewest, known), most);
}

/** What a request lacks of the features; a word that training has not seen is lacking too. Older artefacts answer from one. */
export function rowCoverage({ features, fewestKnown = 1 }: ExpectedInputs, input: RowInput): InputCoverage {
  const missing: string[] = [];
  for (const feature of features) if (!isKnownCell(feature, input[feature.name])) missing.push(feature.name);
  return {
    missing,
    unseen: missing.filter((name) => typeof input[name] === 'string'),
    inputs: features.length,
    fewestKnown,
  };
}
