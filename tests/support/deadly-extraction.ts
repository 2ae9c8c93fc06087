import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ExtractedTable } from '../../contracts/activities.js';
import { projectRoot } from '../../platform/project.js';

/** An extraction in a process of its own, with encrypted blobs and checkpoints. */
export interface DeadlyExtraction {
  readonly databaseUrl: string;
  readonly uri: string;
  readonly home: string;
  readonly source: string;
  readonly asOf: number;
  /** Kills itself before it stores this page, or while it seals this part, from 1; null: never. */
  readonly dieAt: { readonly what: 'page' | 'part'; readonly number: number } | null;
}

/** Runs the extraction. @returns null when the process was killed. */
export async function extractInChild(order: DeadlyExtraction): Promise<ExtractedTable | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'tests/support/extract-child.ts')], {
    env: { ...process.env, EXTRACT_ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL') return null;
  if (code !== 0) throw new Error(`the extraction ended with ${code ?? signal}`);
  return (JSON.parse(output) as { readonly extracted: ExtractedTable }).extracted;
}
