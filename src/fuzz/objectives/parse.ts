// Objectives as people name them on a command line. Nothing is opened yet.
import { UserError } from '../../base/user-error.js';
import { nearest, show } from '../../policy/suggest.js';

export type Precision = 'float16' | 'int8';

export type ObjectiveSpec =
  | { readonly kind: 'finite' }
  | { readonly kind: 'robustness' }
  /** The model against itself in another precision. */
  | { readonly kind: 'precision'; readonly precision: Precision }
  /** Two models; a path as typed. */
  | { readonly kind: 'agreement'; readonly file: string }
  /** ONNX Runtime against gpu.js, beyond what rounding explains. */
  | { readonly kind: 'backend'; readonly backend: 'gpu' }
  /** An assertion that must hold. */
  | { readonly kind: 'expression'; readonly text: string };

const precisions: readonly Precision[] = ['float16', 'int8'];

/** Every form, as it is written: one literal table. */
const forms: Readonly<
  Record<string, { readonly form: string; read(argument: string): ObjectiveSpec | undefined }>
> = {
  finite: { form: 'finite', read: (text) => (text === '' ? { kind: 'finite' } : undefined) },
  robustness: { form: 'robustness', read: (text) => (text === '' ? { kind: 'robustness' } : undefined) },
  precision: {
    form: 'precision:float16 or precision:int8',
    read: (text) => {
      const precision = precisions.find((one) => one === text);
      return precision && { kind: 'precision', precision };
    },
  },
  agreement: {
    form: 'agreement:OTHER.onnx',
    read: (file) => (file === '' ? undefined : { kind: 'agreement', file }),
  },
  backend: {
    form: 'backend:gpu',
    read: (text) => (text === 'gpu' ? { kind: 'backend', backend: text } : undefined),
  },
  expression: {
    form: 'expression:TEXT',
    read: (text) => (text.trim() === '' ? undefined : { kind: 'expression', text }),
  },
};

export const objectiveForms: readonly string[] = Object.values(forms).map(({ form }) => form);

/** @throws UserError USAGE that names the forms */
export function parseObjective(text: string, where = '--objective'): ObjectiveSpec {
  const [, name = '', argument = ''] = /^\s*([^:]*?)\s*(?::([\s\S]*))?$/.exec(text) ?? [];
  const found = Object.hasOwn(forms, name) ? forms[name] : undefined;
  const spec = found?.read(name === 'expression' ? argument : argument.trim());
  if (spec !== undefined) return spec;
  const meant = found === undefined ? nearest(name, Object.keys(forms)) : undefined;
  throw new UserError('USAGE', {
    where,
    problem: found === undefined ? `unknown objective ${show(name)}` : `${show(text.trim())} is no objective`,
    hint:
      found === undefined
        ? `${meant === undefined ? '' : `did you mean ${show(meant)}? `}The objectives are ${objectiveForms.join(', ')}`
        : `write ${found.form}`,
  });
}
