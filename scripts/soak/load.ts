import type { ServedPlatform } from '../served/platform.js';

/** One request of the load, which is sent in turn with the others. */
export interface Question {
  readonly route: string;
  readonly body: unknown;
  readonly byReference: boolean;
}

/** What became of one request. */
export interface Outcome {
  readonly route: string;
  readonly byReference: boolean;
  /** Milliseconds since the load began. */
  readonly sentAt: number;
  readonly milliseconds: number;
  /** null: the connection failed. */
  readonly status: number | null;
  /** Code of the problem, or of the fault of the connection; null for an answer. */
  readonly code: string | null;
  /** Version that answered; null without an answer. */
  readonly version: string | null;
  /** Whether the answer says that features were missing. */
  readonly isFlagged: boolean;
}

interface Body {
  readonly code?: string;
  readonly version?: string;
  readonly features?: unknown;
}

const TIMEOUT_MS = 30_000;

const codeOf = (fault: unknown): string => {
  const { cause } = fault as { cause?: { code?: string } };
  return cause?.code ?? (fault instanceof Error ? fault.name : 'unknown');
};

async function ask({ url, token }: Pick<ServedPlatform, 'url' | 'token'>, { route, body }: Question) {
  try {
    const answer = await fetch(url + route, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { code = null, version = null, features } = (await answer.json()) as Body;
    return { status: answer.status, code, version, isFlagged: features === 'missing' };
  } catch (fault) {
    return { status: null, code: codeOf(fault), version: null, isFlagged: false };
  }
}

export interface Load {
  readonly questions: readonly Question[];
  /** Requests a second, sent whether or not former ones were answered. */
  readonly rate: number;
  readonly milliseconds: number;
}

/** Sends the questions in turn, and collects what becomes of each. */
export async function sendLoad(platform: Pick<ServedPlatform, 'url' | 'token'>, load: Load): Promise<Outcome[]> {
  const { questions, rate, milliseconds } = load;
  const began = performance.now();
  const outcomes: Promise<Outcome>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = Math.min(performance.now() - began, milliseconds);
      while (outcomes.length < (elapsed * rate) / 1000) {
        const question = questions[outcomes.length % questions.length]!;
        outcomes.push(timed(question, performance.now() - began, () => ask(platform, question)));
      }
      if (elapsed < milliseconds) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
  return Promise.all(outcomes);
}

type Answer = Pick<Outcome, 'status' | 'code' | 'version' | 'isFlagged'>;

async function timed({ route, byReference }: Question, sentAt: number, send: () => Promise<Answer>): Promise<Outcome> {
  const since = performance.now();
  const answer = await send();
  return { route, byReference, sentAt, milliseconds: performance.now() - since, ...answer };
}
