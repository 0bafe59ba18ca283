// What the elements of a property's inputs are called: columns, where the policy names them one by one.
import type { Policy } from '../../policy/policy.js';
import type { Material } from '../../report/material.js';

export const featuresIn =
  ({ properties, data }: Pick<Policy, 'properties' | 'data'>): Material['features'] =>
  (name) => {
    const property = properties.find((candidate) => candidate.name === name);
    const rows = property !== undefined && 'around' in property ? property.around : undefined;
    return rows && data.get(rows.data)?.inputs;
  };
