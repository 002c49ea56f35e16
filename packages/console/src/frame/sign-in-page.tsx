/** The form that asks for an access token. */
import { Button, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/request.ts';
import { signIn } from './sign-in.ts';

interface SignInPageProps {
  readonly firstError: Error | undefined;
  readonly onSignedIn: () => void;
}

export function SignInPage({ firstError, onSignedIn }: SignInPageProps) {
  const [token, setToken] = useState('');
  const [error, setError] = useState(firstError);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(token.trim());
      onSignedIn();
    } catch (cause) {
      setError(cause as Error);
      setBusy(false);
    }
  }

  return (
    <main className="sign-in">
      <Paper withBorder p="xl" radius="md" w={400} maw="92vw">
        <form onSubmit={submit}>
          <Stack gap="md">
            <div>
              <Title order={1} size="h3">
                ueprov
              </Title>
              <Text size="sm" className="quiet">
                PacketCable UE provisioning
              </Text>
            </div>
            <PasswordInput
              label="Access token"
              description="Printed by the server when it first started, and by ueprov lab."
              placeholder="Paste the token"
              autoComplete="current-password"
              required
              withAsterisk={false}
              data-autofocus
              autoFocus
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={error ? wordsOf(error) : undefined}
            />
            <Button type="submit" loading={busy} disabled={token.trim() === ''}>
              Sign in
            </Button>
            <Text size="xs" className="quiet">
              An address that ends in <Code>#token=…</Code> signs in by itself.
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}

function wordsOf(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  if (error.status === 401) return `This token is not known here (${error.code}).`;
  return `${error.message} (${error.code})`;
}
