/** `Promise.try` of ES2025: what `compute` returns or throws, as a promise. */
export const promiseTry = <Result>(compute: () => Result): Promise<Result> =>
  new Promise((resolve) => {
    resolve(compute());
  });
