import type pg from 'pg';

/** Runs work in one transaction of a connection of the pool; a fault undoes it. */
export async function inTransaction<Result>(
  pool: Pick<pg.Pool, 'connect'>,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (fault) {
    broken = fault as Error; // `release` closes the connection and with it the transaction
    throw fault;
  } finally {
    client.release(broken);
  }
}
