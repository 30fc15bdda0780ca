/** All of stdin. Read as a stream: a pipe that was opened as one has nothing to give yet where it is read at once. */
export async function readStdin(stdin: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
