/** Thrown where this machine can't make a fault happen; the message says why. */
export class Skipped extends Error {}
