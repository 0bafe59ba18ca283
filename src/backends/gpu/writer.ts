// Writes the source of one kernel: names for what it reads, statements, and the expression of its result.
import type { Source, Step, Table } from './plan.js';

/** WebGPU grants a kernel at least 8 buffers, one of which is the result (W3C WebGPU, limits). */
const greatestOperands = 7;

/** Sources that are numbers, not arrays. */
const isScalar = (source: Source): boolean => source === 'entries';

export class KernelWriter {
  readonly #lines: string[] = [];
  readonly #sources: Source[] = [];
  readonly #tables: Table[] = [];
  #variables = 0;

  /**
   * @param elements threads along y
   * @param blocks threads along z
   */
  constructor(
    readonly elements: number,
    readonly blocks = 1,
  ) {}

  /** The element of the result that this thread computes. */
  get element(): string {
    return this.blocks === 1 ? 'this.thread.y' : `(this.thread.z * ${this.elements} + this.thread.y)`;
  }

  /** How many more values and tables the kernel can read. */
  get room(): number {
    return greatestOperands - this.#sources.length - this.#tables.length;
  }

  /** Name of the parameter that holds a value. */
  value(source: Source): string {
    if (!this.#sources.includes(source)) this.#sources.push(source);
    return `a${this.#sources.indexOf(source)}`;
  }

  /** Reads one element of a value, for the row of this thread. */
  read(source: Source): (element: string) => string {
    const name = this.value(source);
    if (isScalar(source)) throw new RangeError(`"${source}" has no elements`);
    return (element) => `${name}[${element}][this.thread.x]`;
  }

  /** Name of the parameter that holds constants. */
  table(data: Float32Array, width?: number): string {
    const known = this.#tables.findIndex((table) => table.data === data && table.width === width);
    if (known >= 0) return `t${known}`;
    return `t${this.#tables.push({ data, width }) - 1}`;
  }

  /** Name of a new variable with a first value. */
  variable(expression: string): string {
    const name = `v${this.#variables++}`;
    this.line(`let ${name} = ${expression};`);
    return name;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  finish(node: string, result: string): Step {
    const names = [...this.#sources.map((_, at) => `a${at}`), ...this.#tables.map((_, at) => `t${at}`)];
    return {
      node,
      source: `function kernel(${names.join(', ')}) {\n${this.#lines.join('\n')}\nreturn ${result};\n}`,
      elements: this.elements,
      blocks: this.blocks,
      sources: this.#sources,
      tables: this.#tables,
    };
  }
}

/** A number in a kernel's source. @throws RangeError for one that has no literal */
export function literal(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) throw new RangeError(`${value} has no literal`);
  return single < 0 || Object.is(single, -0) ? `(0 - ${-single})` : `${single}`;
}
