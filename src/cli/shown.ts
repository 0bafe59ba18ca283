import { relative } from 'node:path';

/** Paths as people read them: relative to where they stand, unless that leads out of it for more than a step or two. */
export const shownFrom =
  (cwd: string) =>
  (file: string): string => {
    const path = relative(cwd, file);
    return path.startsWith('../../..') ? file : path;
  };
