import { z } from 'zod';

/*
 * zod compiles object parsers with `new Function` where it may. Inside the workflow sandbox that is neither wanted nor
 * needed. The setting is read when a schema is made, so this module is imported before any contract.
 */
z.config({ jitless: true });
