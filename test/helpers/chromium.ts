// A browser for tests: the system's Chromium or Chrome, since none is installed with the project.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chromium-headless-shell',
];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of its executable: what CHROMIUM says, else of the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const given = env.CHROMIUM === undefined ? [] : [env.CHROMIUM];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...given, ...candidates, ...places].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
