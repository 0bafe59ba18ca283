// The version of the package that this file is part of.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Upwards, because sources and build lie at different depths below `package.json`. */
function packageFile(folder: string): string {
  const file = join(folder, 'package.json');
  return existsSync(file) ? file : packageFile(dirname(folder));
}

const content: unknown = JSON.parse(readFileSync(packageFile(import.meta.dirname), 'utf8'));

export const version =
  typeof content === 'object' && content !== null && 'version' in content ? `${content.version}` : 'unknown';
