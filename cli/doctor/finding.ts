/** What was found out about one part. */
export interface Finding {
  readonly part: string;
  /** `optional`: absent, and something else takes its place. */
  readonly state: 'ok' | 'optional' | 'missing';
  /** The operation that was done, or why it could not be. */
  readonly found: string;
  readonly where: string;
  readonly version: string;
  /** What to do; empty when nothing is to be done. */
  readonly advice: string;
}

/** One part's examination. */
export interface Examination {
  readonly part: string;
  /** What takes its place when it is absent; null: nothing can. */
  readonly replacement: string | null;
  readonly advice: string;
  /** Loads the part and does one operation with it. Rejects when either fails. */
  readonly examine: () => Promise<Omit<Finding, 'part' | 'state' | 'advice'>>;
}

/** Runs one examination; whatever goes wrong in it is a finding. */
export async function conclude({ part, replacement, advice, examine }: Examination): Promise<Finding> {
  try {
    return { part, state: 'ok', advice: '', ...(await examine()) };
  } catch (fault) {
    const [reason = ''] = (fault instanceof Error ? fault.message : String(fault)).split('\n');
    const found = replacement === null ? reason : `${reason}; ${replacement}`;
    return { part, state: replacement === null ? 'missing' : 'optional', found, where: '-', version: '-', advice };
  }
}
