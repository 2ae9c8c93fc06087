import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { entryPoints } from '../../platform/entry-points.js';

/** What the child extracts. */
export interface ExtractionStep {
  readonly databaseUrl: string;
  /** Of the blob store. */
  readonly artifactUri: string;
  readonly source: string;
  /** Milliseconds. */
  readonly asOf: number;
  /** Null: everything is read. */
  readonly parent: string | null;
}

/** What the child measured. */
export interface ExtractionResult {
  /** Of the snapshot. */
  readonly hash: string;
  /** Hashes of the parts. */
  readonly parts: readonly string[];
  readonly rows: number;
  /** CPU seconds of the extraction, without the start of the process. */
  readonly seconds: number;
  readonly peakMb: number;
}

/** Extracts transactions once in a process of its own. @throws Error when that fails. */
export async function measureExtraction(step: ExtractionStep): Promise<ExtractionResult> {
  const child = spawn(process.execPath, ['--import', 'tsx', `${entryPoints.extractionStep.file}.ts`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(step));
  const answer = await text(child.stdout);
  if (answer === '') throw new Error('the extraction ended without a result');
  return JSON.parse(answer) as ExtractionResult;
}
