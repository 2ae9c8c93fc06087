import { z } from 'zod';

/** A time as a request writes it: ISO 8601, with or without an offset. */
export const moment = z.iso.datetime({ offset: true, local: true });
