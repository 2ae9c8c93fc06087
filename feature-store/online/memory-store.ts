import type pg from 'pg';
import type { OnlineStore } from './online-store.js';
import { PipelineError } from '../../contracts/errors.js';

export function createMemoryStore(pool: pg.Pool | null): OnlineStore {
  throw new PipelineError('INTERNAL', `unfinished: ${String(pool)}`);
}
