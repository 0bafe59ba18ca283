// Loads files of dist/bundle as what V8 made of them when they were built: compiling them anew takes a quarter of the time of an
// easy proof. Another V8, or one with other flags, refuses that and compiles them.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const folder = join(__dirname, '../dist/bundle');
const outer = createRequire(join(folder, 'main.cjs'));
const modules = new Map();
/** By file, for whoever writes what V8 has made of them. */
const scripts = new Map();

/** V8 itself compares no more than the length of the source. */
const codeOf = (file, source) =>
  `${file}.${createHash('sha256').update(source).digest('hex').slice(0, 16)}.v8`;

function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  return new Script(wrapped, { filename: file, cachedData: ifThere(codeOf(file, source)) });
}

function ifThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** What a file of dist/bundle exports; what it requires of its neighbours is loaded alike. */
function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const file = join(folder, name);
  const module = { exports: {} };
  modules.set(name, module);
  const script = compiled(file);
  scripts.set(file, script);
  const inner = (id) => (id.startsWith('./') ? load(id.slice(2)) : outer(id));
  try {
    script.runInThisContext()(module.exports, inner, module, file, folder);
  } catch (error) {
    modules.delete(name);
    throw error;
  }
  return module.exports;
}

module.exports = { load, scripts, codeOf };
