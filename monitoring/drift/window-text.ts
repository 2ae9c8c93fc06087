import type { DriftWindow } from '../../contracts/drift.js';

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** `2026-11-23 00:00 to 2026-11-30 00:00 UTC`. */
export const windowText = ({ from, to }: DriftWindow): string => `${minute(from)} to ${minute(to)} UTC`;
