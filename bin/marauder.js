#!/usr/bin/env node
// Starts the built command line. Plain JavaScript that old versions of Node can read far enough to say what is wrong.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const needed = [20, 19];
const entry = new URL('../dist/bundle/main.cjs', import.meta.url);

function obstacle() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
    return `needs Node.js ${needed.join('.')} or newer, this is ${process.versions.node}`;
  }
  return existsSync(entry) ? undefined : 'is not built: run "npm run build" first';
}

async function start() {
  const problem = obstacle();
  if (problem !== undefined) {
    console.error(`marauder ${problem}`);
    return 2;
  }
  const { load } = createRequire(import.meta.url)('./load.cjs');
  return load('main.cjs').main(process.argv.slice(2));
}

start().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error);
    process.exitCode = 2;
  },
);
