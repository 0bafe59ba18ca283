// One process adds to a corpus at a time. The lock names its owner, so that one whose owner was killed is not believed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { UserError } from '../../base/user-error.js';
import { unwritable } from '../file-errors.js';

/** @throws UserError FILE_UNWRITABLE where another living process has it; the result gives it back */
export function lock(file: string): () => void {
  const mine = `${process.pid} ${hostname()}\n`;
  if (!created(file, mine)) {
    const owner = ownerOf(file);
    if (isAlive(owner)) throw taken(file, owner);
    rmSync(file, { force: true });
    if (!created(file, mine)) throw taken(file, ownerOf(file));
  }
  return () => rmSync(file, { force: true });
}

function created(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw unwritable(file, cause);
  }
}

type Owner = { readonly pid: number; readonly host: string };

function ownerOf(file: string): Owner {
  try {
    const [pid = '', host = ''] = readFileSync(file, 'utf8').trim().split(' ');
    return { pid: Number(pid), host };
  } catch {
    return { pid: 0, host: '' };
  }
}

/** Of another machine nothing is known, so it counts as alive. A lock without an owner was being written when he died. */
function isAlive({ pid, host }: Owner): boolean {
  if (host !== hostname()) return host !== '';
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const taken = (file: string, { pid, host }: Owner): UserError =>
  new UserError('FILE_UNWRITABLE', {
    where: file,
    problem: `process ${pid} on ${host} is adding to this corpus`,
    hint: 'wait for it, or name another folder; if it is gone, delete the file',
  });
