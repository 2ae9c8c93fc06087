/** The state of one part. */
export interface Finding {
  readonly part: string;
  /** `optional`: absent, and a replacement is used. */
  readonly state: 'ok' | 'optional' | 'missing';
  /** The operation that succeeded, or why it failed. */
  readonly found: string;
  readonly where: string;
  readonly version: string;
  /** What to do; empty when the part works well. */
  readonly advice: string;
}

/** What an examination that succeeded found; `advice` says what would make the part work better. */
export type Facts = Omit<Finding, 'part' | 'state' | 'advice'> & Partial<Pick<Finding, 'advice'>>;

/** One part's examination. */
export interface Examination {
  readonly part: string;
  /** What is used when the part is absent; null: the part is required. */
  readonly replacement: string | null;
  readonly advice: string;
  /** Loads the part and does one operation with it. Rejects when either fails. */
  readonly examine: () => Promise<Facts>;
}

/** Runs one examination; an error in it becomes a finding. */
export async function conclude({ part, replacement, advice, examine }: Examination): Promise<Finding> {
  try {
    return { part, state: 'ok', advice: '', ...(await examine()) };
  } catch (fault) {
    const [reason = ''] = (fault instanceof Error ? fault.message : String(fault)).split('\n');
    const found = replacement === null ? reason : `${reason}; ${replacement}`;
    return { part, state: replacement === null ? 'missing' : 'optional', found, where: '-', version: '-', advice };
  }
}
