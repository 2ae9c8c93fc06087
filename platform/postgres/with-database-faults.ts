import { asDatabaseFault } from './faults.js';

type Operation = (...inputs: never[]) => Promise<unknown>;

/** Converts errors of the database driver to PipelineErrors in every method; an outage is retryable. */
export function withDatabaseFaults<T extends Record<keyof T, Operation>>(operations: T): T {
  const guarded = Object.entries<Operation>(operations).map(([name, operation]) => {
    const call = async (...inputs: never[]): Promise<unknown> => {
      try {
        return await operation(...inputs);
      } catch (fault) {
        throw asDatabaseFault(fault);
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(guarded) as unknown as T;
}
