/** For tests of what happens after the signature of an artefact was accepted. */
export const acceptUnsigned = (): Promise<void> => Promise.resolve();
