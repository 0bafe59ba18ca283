#!/usr/bin/env node
// Starts the built command line. Plain JavaScript that old versions of Node can read far enough to say what is wrong; no ES module, which
// takes Node a hundredth of a second longer.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const needed = [20, 19];
const entry = join(__dirname, '../dist/bundle/main.cjs');

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
  return require('./load.cjs').load('main.cjs').main(process.argv.slice(2));
}

const written = (stream) => new Promise((resolve) => stream.write('', resolve));

start().then(
  async (code) => {
    await Promise.all([process.stdout, process.stderr].map(written));
    // Else Node gives back all memory piece by piece, which takes a fiftieth of a second.
    process.exit(code);
  },
  (error) => {
    console.error(error);
    process.exitCode = 2;
  },
);
