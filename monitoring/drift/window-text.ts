import type { DriftWindow } from '../../contracts/drift.js';
import { formatMinute } from '../../registry/format-minute.js';

/** `2026-11-23 00:00 to 2026-11-30 00:00 UTC`. */
export const windowText = ({ from, to }: DriftWindow): string =>
  `${formatMinute(new Date(from))} to ${formatMinute(new Date(to))} UTC`;
