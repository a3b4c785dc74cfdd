export function categorical(): never { throw new Error("stand-in"); }
