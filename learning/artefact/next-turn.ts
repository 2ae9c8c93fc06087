/** Lets other work of the event loop go on. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Takes each step of a computation in a turn of the event loop of its own. @returns what it returns. */
export async function inTurns<Result>(steps: Generator<void, Result, void>): Promise<Result> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

/** Takes all steps of a computation at once. @returns what it returns. */
export function atOnce<Result>(steps: Generator<void, Result, void>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
