/** A YAML file that somebody names on the command line. */
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { UsageError } from './exit.ts';

/** No configuration is longer. */
const CONFIG_BYTES_MAX = 16 * 1024 * 1024;

export async function readYaml(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (text.length > CONFIG_BYTES_MAX)
    throw new UsageError(`${file} is longer than ${CONFIG_BYTES_MAX}`);
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new UsageError(`${file}: ${error.message}`);
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of aliases: the library stops counting at a hundred.
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
