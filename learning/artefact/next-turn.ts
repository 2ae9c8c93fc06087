/** Lets other work of the event loop go on. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** `Promise.try` of ES2025: what `compute` returns or throws, as a promise. */
export const promiseTry = <Result>(compute: () => Result): Promise<Result> =>
  new Promise((resolve) => {
    resolve(compute());
  });
