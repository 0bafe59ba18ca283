// A folder of PNG or JPEG images of one size: labelled by sub-folders named after class indices, or flat and unlabelled.
import { basename, extname, join } from 'node:path';
import { int64, tensor } from '../../base/tensor.js';
import type { DataRef } from '../policy.js';
import { show } from '../suggest.js';
import { listFolder, readBytes } from './files.js';
import type { Image } from './image.js';
import { decodeJpeg } from './jpeg.js';
import { decodePng } from './png.js';
import { CEILING, invalid, type Raw } from './raw.js';

type Listed = { readonly file: string; readonly label: number | undefined };

const jpegs = ['.jpg', '.jpeg'];
/** Images that would be left out without a word if they were ignored like a README. */
const otherImages = ['.jpe', '.jfif', '.jp2', '.gif', '.bmp', '.webp', '.tif', '.tiff', '.avif'];

/** inputs: uint8 [rows, channels, height, width], in the order of sub-folders' and files' names. */
export async function readFolder({ file: folder, inputs, labels }: DataRef): Promise<Raw> {
  if (inputs !== undefined || labels !== undefined) {
    const hint = 'leave out "inputs" and "labels": sub-folders named 0, 1, 2, ... label their images';
    throw invalid(folder, 'a folder of images has no arrays or columns to name', hint);
  }
  const listed = await listImages(folder);
  const [first] = listed;
  if (first === undefined) throw invalid(folder, 'no .png or .jpg image in this folder or its sub-folders');
  const values = await readAll(listed, first.file);
  const found = listed.flatMap(({ label }) => label ?? []);
  if (found.length === 0) return { inputs: { values, where: folder }, labels: undefined };
  if (found.length === listed.length) {
    return { inputs: { values, where: folder }, labels: { values: int64(found), where: folder } };
  }
  throw invalid(
    folder,
    'images beside labelled sub-folders',
    'move every image into the folder of its label',
  );
}

async function listImages(folder: string): Promise<Listed[]> {
  const nested = (await listFolder(folder)).map(async (entry): Promise<Listed[]> => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return isImage(path) ? [{ file: path, label: undefined }] : [];
    const files = (await listFolder(path)).map(({ name }) => join(path, name)).filter(isImage);
    return files.length === 0 ? [] : files.map((file) => ({ file, label: labelOf(entry.name, path) }));
  });
  return (await Promise.all(nested)).flat();
}

/** Hidden files are not: macOS leaves "._a.png" beside "a.png" on foreign disks. */
function isImage(file: string): boolean {
  if (basename(file).startsWith('.')) return false;
  const extension = extname(file).toLowerCase();
  if (otherImages.includes(extension))
    throw invalid(file, 'only PNG and JPEG images can be read', 'convert it to PNG');
  return extension === '.png' || jpegs.includes(extension);
}

function labelOf(name: string, path: string): number {
  if (/^\d{1,9}$/.test(name)) return Number(name);
  throw invalid(path, `the folder's name ${show(name)} is no class index`, 'name it 0, 1, 2, ...');
}

/** The first image gives the shape that all must have. */
async function readAll(listed: readonly Listed[], firstFile: string) {
  const first = await readImage(firstFile);
  const size = first.pixels.length;
  if (size * listed.length > CEILING)
    throw invalid(firstFile, `${listed.length} such images exceed ${CEILING} bytes`);
  const data = new Uint8Array(size * listed.length);
  for (const [index, { file }] of listed.entries()) {
    const image = await readImage(file);
    if (sizeText(image) !== sizeText(first)) {
      throw invalid(
        file,
        `${sizeText(image)}, but ${firstFile} is ${sizeText(first)}`,
        'resize all to one size',
      );
    }
    data.set(image.pixels, index * size);
  }
  return tensor('uint8', [listed.length, ...first.shape], data);
}

async function readImage(file: string): Promise<Image> {
  const bytes = await readBytes(file);
  if (!jpegs.includes(extname(file).toLowerCase())) return decodePng(bytes, file);
  return decodeJpeg(bytes, file);
}

const sizeText = ({ shape: [channels, height, width] }: Image) =>
  `${width} x ${height} ${channels === 1 ? 'gray' : 'RGB'}`;
