/** Addresses of the services, embedded or foreign, that workers and the CLI connect to. */
export interface Endpoints {
  readonly temporal: { readonly address: string; readonly namespace: string; readonly uiUrl: string | null };
  readonly databaseUrl: string;
  /** The user's own source database, which is only read; null: schema `backend` of `databaseUrl`, which this system owns. */
  readonly backendDatabaseUrl: string | null;
  /** Null: the in-process online store, written through to PostgreSQL. */
  readonly redisUrl: string | null;
  /** `file:///…` or `s3://bucket/prefix`. */
  readonly artifactUri: string;
}
