import { type Kysely, type Migration, sql } from 'kysely';

/** Signatures of artefacts and statements of their origin, beside the artefacts, whose bytes they do not change. */
export const artefactSignatures: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table registry.artefact_signatures (
           artefact_hash registry.content_hash not null,
           kind text not null check (kind in ('signature', 'provenance')),
           fingerprint registry.content_hash not null,
           bundle text not null check (octet_length(bundle) <= 1048576),
           signed_at timestamptz not null default clock_timestamp(),
           primary key (artefact_hash, kind, fingerprint)
         );
         comment on table registry.artefact_signatures is
           'Sigstore bundles by artefact and key: what its files are, and how it was made. Append-only; ml models verify.';
         create trigger append_only before update or delete or truncate on registry.artefact_signatures
           for each statement execute function registry.refuse_change();`,
      )
      .execute(database);
  },
};
