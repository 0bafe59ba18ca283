// Horizontal fusion: small vectors that are computed alike, such as the relaxations of every layer of a network, are computed as one
// long vector. A node costs ONNX Runtime several microseconds a run and some 80 when a session is opened, whatever it computes;
// programs of bounds have hundreds. No result changes: -0 stays -0, and NaN stays NaN, though perhaps of the other sign.
import type { Outputs } from '../emit.js';
import type { Program } from '../program.js';
import { reachable, type Value } from '../value.js';
import { type Membership, type Pack, planPacks } from './plan.js';
import { findSources } from './vectors.js';
import { PackWriter } from './write.js';

/** The same outputs, by fewer nodes. To be applied last: packs have no derivative worth having. */
export function packed(p: Program, outputs: Outputs): Outputs {
  const roots = Object.values(outputs);
  const values = reachable(roots);
  const sources = findSources(values);
  const memberships = planPacks(values, roots, sources);
  if (memberships.size === 0) return outputs;
  const rewritten = rewrite(p, roots, (value) => memberships.get(sources.of(value)));
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, rewritten(value)]));
}

type Task = Value | Pack;

const isPack = (task: Task): task is Pack => 'members' in task;

function rewrite(
  p: Program,
  roots: readonly Value[],
  membershipOf: (value: Value) => Membership | undefined,
): (value: Value) => Value {
  const done = new Map<Value, Value>();
  const written = (value: Value): Value => done.get(value) ?? value;
  const writer = new PackWriter(p, written);
  const needs = (task: Task): readonly Task[] => {
    if (isPack(task)) return needsOfPack(task);
    const membership = membershipOf(task);
    return membership === undefined ? task.inputs : [membership.pack];
  };
  const write = (task: Task): void => {
    if (isPack(task)) {
      writer.write(task);
      return;
    }
    const membership = membershipOf(task);
    done.set(
      task,
      membership === undefined
        ? p.onInputs(task, task.inputs.map(written))
        : writer.member(membership.pack, membership.at, task),
    );
  };
  inOrder(roots, needs, write);
  return written;
}

function needsOfPack(pack: Pack): readonly Task[] {
  switch (pack.kind) {
    case 'joined':
      return pack.members;
    case 'range':
      return [pack.of];
    case 'applied':
      return pack.operands.flatMap((operand) => ('members' in operand ? [operand] : []));
  }
}

/** Visits every task that the roots need once, after those that it needs itself. */
function inOrder(
  roots: readonly Task[],
  needs: (task: Task) => readonly Task[],
  visit: (task: Task) => void,
) {
  const begun = new Set<Task>();
  const done = new Set<Task>();
  const pending = [...roots].reverse();
  for (let task = pending.at(-1); task !== undefined; task = pending.at(-1)) {
    if (!begun.has(task)) {
      begun.add(task);
      for (const need of needs(task)) if (!begun.has(need)) pending.push(need);
      continue;
    }
    pending.pop();
    if (!done.has(task)) visit(task);
    done.add(task);
  }
}
