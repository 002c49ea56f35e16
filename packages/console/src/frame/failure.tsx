/** What a page shows instead of its content: an error in plain words, nothing yet, or loading. */
import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api/request.ts';
import { CopyCommand } from './copy-command.tsx';

interface FailureProps {
  readonly error: Error;
  readonly retry?: () => void;
}

export function Failure({ error, retry }: FailureProps) {
  const code = error instanceof ApiError ? error.code : 'CONSOLE_ERROR';
  return (
    <Alert className="failure" title={<code>{code}</code>} role="alert" m="md">
      <Group justify="space-between">
        <Text size="sm">{error.message}</Text>
        {retry ? (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        ) : null}
      </Group>
    </Alert>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly command?: string;
}

/** One sentence, and a command that changes it. */
export function Empty({ title, children, command }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={72} px="md" className="empty">
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text size="sm" className="quiet" ta="center" maw={520}>
        {children}
      </Text>
      {command ? <CopyCommand command={command} /> : null}
    </Stack>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <Group justify="center" py={72} role="status">
      <Loader size="sm" aria-hidden="true" />
      <Text size="sm" className="quiet">
        Loading {what} …
      </Text>
    </Group>
  );
}
