import { z } from 'zod';
import { dateOrder, type DateOrder } from '../../contracts/dataset.js';
import { isTimeZone } from '../../learning/time-series/calendar/index.js';
import { artifactLocation } from '../blobs/artifact-location.js';
import { parseCron } from './cron.js';

/* Types of settings. A message never repeats a value that may hold a password. */

const unset = (value: unknown): unknown => (value === '' ? undefined : value);

/** Empty text in the environment means "not set", as in a copied .env.example. */
export const optional = <S extends z.ZodType>(schema: S) => z.preprocess(unset, schema.optional());
export const optionalText = optional(z.string());
export const withDefault = <S extends z.ZodType>(schema: S, fallback: string) =>
  z.preprocess((value) => unset(value) ?? fallback, schema);

/** Bounds of a number; `above` is not allowed itself. */
type Bounds = { readonly to: number } & ({ readonly from: number } | { readonly above: number });

const isWithin = (value: number, bounds: Bounds): boolean =>
  value <= bounds.to && ('from' in bounds ? value >= bounds.from : value > bounds.above);
const inWords = (bounds: Bounds): string =>
  'from' in bounds ? `from ${bounds.from} to ${bounds.to}` : `above ${bounds.above}, at most ${bounds.to}`;

/** `Number` alone would read " " as 0, and "0x10" and "1e3" as well. */
const numberSetting = (kind: string, pattern: RegExp, bounds: Bounds) =>
  z.string().transform((text, context) => {
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    if (!isWithin(value, bounds))
      context.addIssue({ code: 'custom', message: `found "${text}", wanted ${kind} ${inWords(bounds)}` });
    return value;
  });
/** A number in digits, with a decimal point or without. */
export const decimal = (bounds: Bounds) => numberSetting('a number', /^\s*\d+(\.\d+)?\s*$/, bounds);
export const whole = (from: number, to: number) => numberSetting('a whole number', /^\s*\d+\s*$/, { from, to });

/** The key is sent in a header unchanged: surrounding white space of a copied line is trimmed, inner blanks are rejected. */
export const apiKey = z.preprocess(
  (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
  z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'wanted one key: printable ASCII without blanks')
    .optional(),
);

const TEMPORAL_PORT = 7233;
const isPort = (text: string | undefined): boolean =>
  text === undefined || (Number(text) >= 1 && Number(text) <= 65_535);

/** `host`, `host:port` or `[v6]:port`; the default port is Temporal's. */
export const hostAndPort = optional(
  z
    .string()
    .regex(/^(\[[\da-f:.]+\]|[^\s/:]+)(:\d+)?$/i, 'wanted host:port, without https:// (TLS: see TEMPORAL_TLS)')
    .refine((address) => isPort(/:(\d+)$/.exec(address)?.[1]), 'wanted a port from 1 to 65535')
    .transform((address) => (/:\d+$/.test(address) ? address : `${address}:${TEMPORAL_PORT}`)),
);

const splitAtCommas = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );

/** Host names separated by commas, without scheme and port. */
export const hostNames = splitAtCommas.pipe(
  z.array(z.string().regex(/^(\[[\da-f:.]+\]|[a-z\d._-]+)$/i, 'wanted host names, without https:// and port')),
);

/** Origins of web pages separated by commas, as browsers write them. */
export const origins = splitAtCommas.pipe(
  z.array(
    z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, 'wanted https://app.example.org'),
  ),
);

/** A name that another program takes as it is. */
export const word = z.string().regex(/^[^\s\p{Cc}]*$/u, 'wanted a name without blanks');

/** @param schemes - allowed, with `example` one of them. */
export const serverUrl = (schemes: readonly string[], example: string) =>
  z.string().superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const scheme = url?.protocol.slice(0, -1) ?? '';
    if (url !== null && schemes.includes(scheme) && url.host !== '') return;
    const encoded = url === null ? ' (encode special characters of the password, such as # as %23)' : '';
    context.addIssue({ code: 'custom', message: `wanted a URL such as ${example}${encoded}` });
  });

/** The URI of a folder or bucket. */
export const artifactUri = z.string().superRefine((text, context) => {
  const location = artifactLocation(text);
  if (typeof location === 'string')
    context.addIssue({ code: 'custom', message: `found "${text}", wanted ${location}` });
});

export const timeZone = z.string().refine(isTimeZone, {
  error: ({ input }) =>
    `found "${String(input)}", wanted a time zone of the IANA database, such as Asia/Kolkata or UTC`,
});

/** `name=zone` pairs separated by commas. */
export const timeZonesByName = z
  .string()
  .transform((text) => text.split(',').map((pair) => pair.split('=').map((part) => part.trim())))
  .pipe(z.array(z.tuple([z.string().min(1), timeZone], 'wanted source=zone pairs, such as berka=Europe/Prague')))
  .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));

/** `source=order` pairs separated by commas. */
export const dateOrdersByName = z
  .string()
  .default('')
  .transform((text) =>
    text.trim() === '' ? [] : text.split(',').map((pair) => pair.split('=').map((part) => part.trim())),
  )
  .pipe(z.array(z.tuple([z.string().min(1), dateOrder], 'wanted source=order pairs, such as us-bank=month-first')))
  .transform((pairs): Readonly<Record<string, DateOrder>> => Object.fromEntries(pairs));

/** `route=decimals` pairs separated by commas. */
export const decimalsByRoute = z
  .string()
  .default('')
  .transform((text) => (text.trim() === '' ? [] : text.split(',').map((pair) => pair.trim())))
  .pipe(z.array(z.string().regex(/^[\w-]+=\d$/, 'wanted route=decimals pairs, such as credit-risk=3,anomaly=2')))
  .transform((pairs): Readonly<Record<string, number>> =>
    Object.fromEntries(pairs.map((pair) => [pair.slice(0, -2), Number(pair.slice(-1))])),
  );

/** `route=variant` pairs separated by commas. */
export const variantsByRoute = z
  .string()
  .default('')
  .transform((text) => (text.trim() === '' ? [] : text.split(',').map((pair) => pair.trim())))
  .pipe(z.array(z.string().regex(/^[\w-]+=int8$/, 'wanted route=variant pairs, such as ner=int8')))
  .transform((pairs): Readonly<Record<string, 'int8'>> =>
    Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), 'int8'])),
  );

/** A line that some day of the calendar fulfils. */
export const cronLine = z.string().superRefine((text, context) => {
  const found = parseCron(text);
  if (typeof found === 'string') context.addIssue({ code: 'custom', message: `"${text}": ${found}` });
});

/** Start of the addresses of pages: an address or a path that ends in a slash; null when it is not set. */
export const pageAddress = optional(
  z
    .string()
    .regex(/^(?:https?:\/\/|\/)\S*\/$/, 'wanted an address that ends in a slash, as https://ml.example/reports/'),
).transform((address) => address ?? null);

/** Addresses separated by commas. */
export const pageAddresses = splitAtCommas.pipe(
  z.array(
    z
      .string()
      .refine(
        (text) => /^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : ''),
        'wanted https:// addresses',
      ),
  ),
);
