import { z } from 'zod';

/*
 * By default zod compiles object parsers with `new Function`, which the workflow sandbox should not run. The setting is
 * read when a schema is created, so this module is imported before any contract.
 */
z.config({ jitless: true });
