// The text form of a model's preprocessing.
import { z } from 'zod';
import { greatestFinite, smallestNormal } from '../base/dtype.js';
import { layouts } from '../graph/preprocessing.js';

/** The steps are computed in float32, where smaller divisors are zero to some processors. */
const positive = z
  .number()
  .max(greatestFinite.float32)
  .refine((value) => value >= smallestNormal.float32, 'a float32 number greater than 0')
  .meta({ exclusiveMinimum: 0 });

const finite = z.number().min(-greatestFinite.float32).max(greatestFinite.float32);

/** A number, or one for each channel; how many there are is checked when the model is opened. */
const perChannel = (number: typeof finite) => z.union([number, z.array(number).min(1)]);

export const preprocess = z
  .strictObject({
    scale: positive
      .optional()
      .describe('The input is multiplied by this first: 0.00392156862745098 turns 0..255 into 0..1.'),
    mean: perChannel(finite)
      .optional()
      .describe('Then this is subtracted: a number, or a list with one number for each channel.'),
    std: perChannel(positive)
      .optional()
      .describe('Then it is divided by this: a number above 0, or a list with one number for each channel.'),
    layout: z
      .enum(layouts)
      .default('nchw')
      .describe(
        'Where the channels are in the data: first (nchw) or last (nhwc); ' +
          'with "-to-" the axes are then moved to where the model has them.',
      ),
  })
  .describe(
    'Steps between the inputs of the policy and the model: (x * scale - mean) / std, then the layout. ' +
      'All numbers of the policy, such as linfEpsilon, are in the units before these steps.',
  );
