// The ways of searching that the tables compare; the first is ours, the second what the others are tested against.
import { fuzzingMethod, guided, withoutFeedback, withoutGradients } from './fuzzing.js';
import { gradientMethod } from './gradient.js';
import type { Method } from './method.js';
import { uniformMethod } from './uniform.js';

export const methods = {
  guided: fuzzingMethod('coverage and gradients', guided),
  withoutGradients: fuzzingMethod('coverage without gradients', withoutGradients),
  withoutFeedback: fuzzingMethod('same mutators, no feedback', withoutFeedback),
  uniform: uniformMethod,
  gradient: gradientMethod('gradient only', false),
  bisection: gradientMethod('gradient and bisection', true),
} satisfies Record<string, Method>;
