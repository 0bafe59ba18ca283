// Reading preprocessing back, from findings and reports alike.
import { z } from 'zod';
import type { PreprocessRef } from './report.js';

const perChannel = z.union([z.number(), z.array(z.number())]);

export const preprocess = z
  .strictObject({
    scale: z.number().optional(),
    mean: perChannel.optional(),
    std: perChannel.optional(),
    layout: z.enum(['nchw', 'nhwc', 'nhwc-to-nchw', 'nchw-to-nhwc']).optional(),
  })
  .describe(
    'steps in front of the file: layout((x * scale - mean) / std)',
  ) satisfies z.ZodType<PreprocessRef>;
