/** The server's API as an operator's program uses it. */
import type { ProvisioningServer } from '@ueprov/provisioning-server';

/** The answer's JSON. Throws with the server's words if it refuses. */
export async function ask<Answer>(
  { apiUrl, firstRunToken }: ProvisioningServer,
  method: string,
  path: string,
): Promise<Answer> {
  const headers = { Authorization: `Bearer ${firstRunToken}` };
  const answer = await fetch(`${apiUrl}/api/v1${path}`, { method, headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Answer;
}
