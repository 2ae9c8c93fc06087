/** Lets other work of the event loop go on. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
