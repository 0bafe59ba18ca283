// Writes what V8 makes of the bundle's files beside them: run after some work, so that what that work calls is compiled, too.
'use strict';
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { codeOf, load, scripts } = require('./bin/load.cjs');

const model = 'corpora/digits-mlp.onnx';
const inputs = 64;

/** A few inputs vary, so that they are split. Y_0 is between -8 and 5 there: 5 takes some dozens of sub-problems. */
function property(least) {
  const declared = [
    ...Array.from({ length: inputs }, (_, at) => `(declare-const X_${at} Real)`),
    ...Array.from({ length: 10 }, (_, at) => `(declare-const Y_${at} Real)`),
  ];
  const box = Array.from({ length: inputs }, (_, at) => {
    const [low, high] = at % 16 === 8 ? [0, 1] : [0.5, 0.5];
    return `(assert (>= X_${at} ${low}))(assert (<= X_${at} ${high}))`;
  });
  return [...declared, ...box, `(assert (>= Y_0 ${least}))`].join('\n');
}

async function work(folder) {
  const { main } = load('main.cjs');
  for (const [name, least] of Object.entries({ violated: -100, split: 5 })) {
    const file = join(folder, `${name}.vnnlib`);
    writeFileSync(file, property(least));
    await main(['prove', model, file, '--timeout', '20s', '--output-dir', folder]);
  }
}

async function compileAll() {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-compile-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [file, script] of scripts)
    writeFileSync(codeOf(file, readFileSync(file, 'utf8')), script.createCachedData());
}

compileAll();
