/** A question that waits for its answer. */
export interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Collects what is asked for in one turn of the event loop, without a timer: a lone question waits for nothing but the
 * end of the turn.
 * @param answerAll - settles every question that it is given.
 */
export function collectTurn<Question, Answer>(
  answerAll: (asked: readonly Waiting<Question, Answer>[]) => void,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];

  function flush(): void {
    const asked = waiting;
    waiting = [];
    answerAll(asked);
  }

  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ question, resolve, reject });
    });
}
