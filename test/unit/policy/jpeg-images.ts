// JPEG images and the pixels that Pillow 13 (libjpeg-turbo) reads from them: 12 x 9, of quality 75.

type Fixture = { readonly bytes: Buffer; readonly shape: readonly number[]; readonly pixels: Uint8Array };

const fixture = (shape: readonly number[], bytes: string, pixels: string): Fixture => ({
  bytes: Buffer.from(bytes, 'base64'),
  shape,
  pixels: new Uint8Array(Buffer.from(pixels, 'base64')),
});

/** Baseline, chroma of half the size (4:2:0): decoders differ in how they enlarge it. */
export const rgb = fixture(
  [3, 9, 12],
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx' +
    'NDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIy' +
    'MjIyMjIyMjL/wAARCAAJAAwDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABgX/xAAgEAABAgUFAAAAAAAAAAAAAAAAAQMF' +
    'BhJCoQQREyNy/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQX/xAAfEQAABgEFAAAAAAAAAAAAAAAAAQIDBBExBQYSIYH/2gAMAwEAAhED' +
    'EQA/ACUJk+qnrwMdNJG7KLxYK8FtFD1nkgOTEtRDkuJ5Y6us+GHb+syTTRGP/9k=',
  'CxUlNklddoqesMDJFB4uP1Jnf5SpusvTFiAxQ1RogZWsvs3XFB0uQFNof5Squ8zWEhwrPlFlfZKoucvVEBkpO05ie5CktsrUDxkq' +
    'O05jeo+lt8vWEx4uP1JmfpKqvtDdHCY2R1xxh5y0ydXRBQoPEA4NDAsLCwwOGR4jJCIiIiAhISEjLzQ5PDs6Ozo8Ojs9RkxRU1RU' +
    'VFNTU1RXYmhtcXFyc3Fwb3F0fYKHioqLi4mHhYeKmZugoqKhoZ2bmpygsLS2uLi4uLOzsre9xcjJzM3Oz83P0tPJAAAAAAAEEBIT' +
    'EhcZAwYFBwsSGyAjJCotDxEQEhMYIigxNj5FFRgZGxshKjNASlZeGR4jJiYtOEZXZHN9FBsnLzQ9TV93iJihCBMoOURUbISkucrS' +
    'BxcyR1VmfZa4yM3UEiREWWVzg5WwtaCL',
);

/** Progressive, one component. */
export const progressiveGray = fixture(
  [1, 9, 12],
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx' +
    'NDQ0Hyc5PTgyPC4zNDL/wgALCAAJAAwBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABgEE/9oACAEBAAAAASKTHf/EABoQAAICAwAA' +
    'AAAAAAAAAAAAAAAFAgQSEzT/2gAIAQEAAQUCr19pBRlFaPOv/8QAGhAAAgIDAAAAAAAAAAAAAAAAAAEDERJzsf/aAAgBAQAGPwIv' +
    'ERFqXWf/xAAXEAADAQAAAAAAAAAAAAAAAAAAECER/9oACAEBAAE/IYIYDHB//9oACAEBAAAAEI//xAAaEAACAgMAAAAAAAAAAAAA' +
    'AAAAERBhMVHB/9oACAEBAAE/ENndGdDo5QL/AP/Z',
  'AAABAAAAAAIAAQMDAgUJCwwOEhUXGh0gAQYOExcdJCowNTxBAAcSGyIrNj5IUFphAQwaJjA8S1VibHqDAA0fLjtKXGp5h5ijAA4j' +
    'NkdZb36SorfFBBQsQVRpgZKpu9LhABkxR2F3j6nB2e4J',
);

/** Four components. */
export const cmyk = fixture(
  [4, 9, 12],
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAIBgYHBgUIBwcHCQkICgwUDQwLCwwZEhMPFB0aHx4dGhwcICQuJyAiLCMcHCg3KSwwMTQ0' +
    'NB8nOT04MjwuMzQy/8AAFAgACQAMBEMRAE0RAFkRAEsRAP/EABkAAAIDAQAAAAAAAAAAAAAAAAcIAAUGAv/EACkQAAEABwYHAQAA' +
    'AAAAAAAAAAADBQYRNUOBBAcUF2FjAhIVIjZ1obP/2gAOBEMATQBZAEsAAD8A2jezal/mZv8A0LTQNB0rn73O1No3s2ovC4iSQmZm' +
    '/wDQcW293D2niR4hztReFxEkgw7ezagOLi8mdUYdvZtReFxEkhDm43xFae1SfkiF4XESSH//2Q==',
  '',
);
