import { z } from 'zod';
import { type ErrorCode, errorTable, type PipelineError, pipelineError } from '../contracts/errors.js';

/** How long and how often a step is attempted. */
export interface RetryLimits {
  /** Time that a step waits for a service that is away or a disk that is full, over all its attempts. */
  readonly outagePatienceMs: number;
  /** Longest pause between two attempts in an outage; the first pause is a second, each next one twice as long. */
  readonly longestPauseMs: number;
  /** Attempts that may end without an answer: the computing process crashed, or the worker was lost. */
  readonly crashAttempts: number;
}

/** What a step knows of its attempts; a part of Temporal's `Info`. */
export interface AttemptInfo {
  /** From 1. */
  readonly attempt: number;
  /** Set for long steps, which may send heartbeats and thereby carry a record from attempt to attempt. */
  readonly heartbeatTimeoutMs?: number | undefined;
  readonly heartbeatDetails: unknown;
}

/**
 * Earlier attempts that ended by an outage, and the time that they and the pauses after them took. Kept in the heartbeat
 * details of a long step, which Temporal hands to the next attempt on whichever worker. Time in which no worker ran,
 * as over a weekend between `ml down` and `ml up`, is in no attempt and does not count.
 */
const outageRecord = z.object({ outages: z.int().nonnegative(), waitedMs: z.number().nonnegative() });
export type OutageRecord = z.infer<typeof outageRecord>;

const FIRST_PAUSE_MS = 1000;

/** The record that the last attempt left; zeros at the first one. */
export function recordOf({ heartbeatDetails }: Pick<AttemptInfo, 'heartbeatDetails'>): OutageRecord {
  const parsed = outageRecord.safeParse(heartbeatDetails);
  return parsed.success ? parsed.data : { outages: 0, waitedMs: 0 };
}

/** The record as a part of further heartbeats, each of which replaces the details; nothing before the first outage. */
export function keptRecord(info: Pick<AttemptInfo, 'heartbeatDetails'>): Partial<OutageRecord> {
  const record = recordOf(info);
  return record.outages === 0 ? {} : record;
}

/** Pause after the nth outage, from 1. */
const pauseAfter = (outages: number, { longestPauseMs }: RetryLimits): number =>
  Math.min(longestPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(outages - 1, 30));

/** Sum of the pauses after the first n outages. */
function pausesOf(outages: number, limits: RetryLimits): number {
  const doublings = Math.max(0, Math.ceil(Math.log2(limits.longestPauseMs / FIRST_PAUSE_MS)));
  const growing = Math.min(outages, doublings);
  return FIRST_PAUSE_MS * (2 ** growing - 1) + (outages - growing) * limits.longestPauseMs;
}

/** Attempts that left neither a result nor an outage. */
const crashesBefore = (info: AttemptInfo): number => info.attempt - 1 - recordOf(info).outages;

const isLong = ({ heartbeatTimeoutMs }: AttemptInfo): boolean => heartbeatTimeoutMs !== undefined;

/**
 * The fault that ends a long step before this attempt, when too many attempts lost their worker; else null. Without it
 * an input that kills its worker would be tried for ever.
 */
export function exhausted(info: AttemptInfo, { crashAttempts }: RetryLimits): PipelineError | null {
  const attempts = crashesBefore(info);
  return isLong(info) && attempts >= crashAttempts ? pipelineError('WORKER_LOST', { attempts }) : null;
}

/** True for an attempt of a long step before which one crashed or lost its worker. */
export const followsCrash = (info: AttemptInfo): boolean => isLong(info) && crashesBefore(info) > 0;

/** What follows a failed attempt. */
export type NextAttempt =
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'after crash' }
  | { readonly kind: 'after outage'; readonly pauseMs: number; readonly record: OutageRecord };

/**
 * Decides about the next attempt. An outage ends the step when it has waited for the whole patience, a crash when it was
 * the last of the allowed ones, any other fault at once. A short step sends no heartbeats, so all its attempts count as
 * outages and its time is that of the pauses.
 * @param tookMs - duration of this attempt.
 */
export function nextAttempt(
  code: ErrorCode,
  tookMs: number,
  { info, limits }: { readonly info: AttemptInfo; readonly limits: RetryLimits },
): NextAttempt {
  const { retry } = errorTable[code];
  if (retry === 'never') return { kind: 'none', why: '' };
  if (retry === 'crash' && isLong(info)) return afterCrash(crashesBefore(info) + 1, limits);
  const before = isLong(info)
    ? recordOf(info)
    : { outages: info.attempt - 1, waitedMs: pausesOf(info.attempt - 1, limits) };
  const waitedMs = before.waitedMs + tookMs;
  if (waitedMs >= limits.outagePatienceMs) return { kind: 'none', why: `given up after ${duration(waitedMs)}` };
  const outages = before.outages + 1;
  const pauseMs = pauseAfter(outages, limits);
  return { kind: 'after outage', pauseMs, record: { outages, waitedMs: waitedMs + pauseMs } };
}

const afterCrash = (crashes: number, { crashAttempts }: RetryLimits): NextAttempt =>
  crashes < crashAttempts
    ? { kind: 'after crash' }
    : { kind: 'none', why: `given up after ${crashes} attempts that ended so` };

const duration = (ms: number): string =>
  ms < 3_600_000 ? `${Math.round(ms / 1000)} s` : `${(ms / 3_600_000).toFixed(1)} h`;

/** The record of an attempt that its worker ended on purpose: no crash, and no time of an outage. */
export const recordOfShutdown = (info: AttemptInfo): OutageRecord => {
  const before = recordOf(info);
  return { ...before, outages: before.outages + 1 };
};
