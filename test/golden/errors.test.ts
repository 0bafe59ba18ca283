// Every error code with a message that a user reads, provoked and not made up. Update with `npx vitest run --update`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ErrorCode, errorCodes } from '../../src/base/error-codes.js';
import { int64 } from '../../src/base/tensor.js';
import { openBaseline } from '../../src/cli/baseline/file.js';
import { numbersOf } from '../../src/cli/check/models.js';
import { withPlace } from '../../src/cli/check/runtime-failure.js';
import { loadCorpus } from '../../src/cli/corpus/load.js';
import { errorText } from '../../src/cli/errors.js';
import { assertWritable, findPolicy, readTextFile } from '../../src/cli/files.js';
import { parseCommandLine } from '../../src/cli/parse.js';
import { parseFinding } from '../../src/findings/finding-schema.js';
import { loadModel } from '../../src/onnx/load.js';
import { decodeNpy } from '../../src/policy/data/npy.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { parseVnnlib } from '../../src/policy/vnnlib/parse.js';
import { RuntimeError } from '../../src/program/session.js';
import { plain } from '../../src/report/style.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-errors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, content: string) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const damagedCorpus = () => {
  mkdirSync(join(folder, 'corpus'));
  written('corpus/corpus.json', '{');
  return join(folder, 'corpus');
};

const provoked: Record<ErrorCode, () => unknown> = {
  USAGE: () => parseCommandLine(['check', '--sed', '3']),
  FILE_NOT_FOUND: () => findPolicy(folder),
  FILE_UNREADABLE: () => readTextFile(folder),
  FILE_UNWRITABLE: () => assertWritable(folder),
  INVALID_MODEL: () => loadModel(written('net.onnx', 'no model')),
  INVALID_POLICY: () => parsePolicy('version: 1\nmodel: {}\n', 'nets.policy.yaml'),
  INVALID_PROPERTY: () => parseVnnlib('(assert (<= X_9 1))', 'prop.vnnlib'),
  INVALID_DATA: () => decodeNpy(Buffer.from('no array'), 'rows.npy'),
  INVALID_FINDING: () => parseFinding('{}', 'finding.json'),
  INVALID_CORPUS: () => loadCorpus(damagedCorpus()),
  INVALID_BASELINE: () => openBaseline(written('baseline.json', '{}'), folder, folder),
  UNSUPPORTED_MODEL: () => numbersOf(int64([3])),
  RUNTIME_FAILED: () => withPlace('net.onnx', () => Promise.reject(new RuntimeError('no kernel for Foo'))),
};

const messageOf = async (code: ErrorCode): Promise<string> => {
  const error: unknown = await new Promise((resolve, reject) => {
    Promise.resolve()
      .then(() => provoked[code]())
      .then(() => reject(new Error(`nothing provokes ${code}`)), resolve);
  });
  expect(error).toMatchObject({ code });
  return errorText(error, plain, false).replaceAll(folder, '/folder');
};

test('every code shows its message, with what to do', async () => {
  const messages: string[] = [];
  for (const code of Object.keys(errorCodes) as ErrorCode[]) messages.push(await messageOf(code));
  for (const message of messages) expect(message).toMatch(/^(error\[[A-Z_]+\] .+: .+\n( {2}.*\n)*)+$/);
  await expect(messages.join('\n')).toMatchFileSnapshot('errors.txt');
});
